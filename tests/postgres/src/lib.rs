//! A PostgreSQL server for tests: on a socket in its own folder, started once per process and
//! stopped with it. It must not know what is tested.
//!
//! It is Debian's (`postgresql`, which `cargo verify` installs), or any whose programs are on the
//! PATH. The server must not run as root: if the tests do, it runs as the user `postgres` or
//! `nobody`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A server that runs as long as this process.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

/// A network server that requires TLS and a password.
#[derive(Debug)]
pub struct EncryptedServer {
    /// The server itself, whose socket requires no password.
    pub server: Server,
    /// The certificate file to trust, issued for `localhost`.
    pub certificate: PathBuf,
}

/// The configuration of another server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Settings of PostgreSQL.
    pub settings: &'a [(&'a str, &'a str)],
    /// An additional address to listen on, open to its /24 network.
    pub address: Option<std::net::Ipv4Addr>,
    /// Its environment.
    pub environment: &'a [(&'a str, &'a str)],
    /// The parent of its folder, instead of the system's temporary folder.
    pub folder: Option<&'a Path>,
}

/// The password of an [`EncryptedServer`].
pub const PASSWORD: &str = "correct horse battery staple";

/// The time limit for a server's first answer.
const START: Duration = Duration::from_secs(60);

/// The shared server of this process.
///
/// # Panics
/// If PostgreSQL isn't installed or doesn't start.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[("fsync", "off"), ("full_page_writes", "off")]))
}

/// The folder of PostgreSQL's programs.
pub fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    places.sort();
    places.reverse();
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file() && place.join("postgres").is_file())
}

impl Server {
    /// Starts another server, with these settings.
    ///
    /// # Panics
    /// As [`server`].
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(Options { settings, ..Options::default() })
    }

    /// Starts another server.
    ///
    /// # Panics
    /// As [`server`].
    pub fn with(options: Options<'_>) -> Self {
        let server = Self::new(5432, options.folder);
        server.initialise(&["--auth=trust"]);
        let listens = options.address.map(|address| address.to_string());
        let mut settings = options.settings.to_vec();
        if let Some(address) = &listens {
            let rule = format!("host all all {address}/24 trust\n");
            server.file("data/pg_hba.conf", &format!("local all all trust\n{rule}"));
            settings.push(("listen_addresses", address));
        }
        server.launch(&settings, options.environment);
        server
    }

    /// Starts a server that listens on `localhost` with TLS.
    ///
    /// # Panics
    /// As [`server`], and if there is no free port.
    pub fn encrypted() -> EncryptedServer {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        drop(listener);
        let server = Self::new(port, None);
        let password = server.file("password", PASSWORD);
        let password = format!("--pwfile={}", password.display());
        server.initialise(&["--auth-local=trust", "--auth-host=scram-sha-256", &password]);
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let certificate = server.file("certificate.pem", &made.cert.pem());
        let key = server.file("key.pem", &made.signing_key.serialize_pem());
        let settings = [
            ("listen_addresses", "localhost"),
            ("ssl", "on"),
            ("ssl_cert_file", &certificate.display().to_string()),
            ("ssl_key_file", &key.display().to_string()),
        ];
        server.launch(&settings, &[]);
        EncryptedServer { server, certificate }
    }

    fn new(port: u16, within: Option<&Path>) -> Self {
        let programs = programs().expect("PostgreSQL is not installed: apt-get install postgresql");
        let temporary = std::env::temp_dir();
        let folder =
            tempfile::Builder::new().prefix("pg-").tempdir_in(within.unwrap_or(&temporary));
        let folder = folder.expect("a folder").keep();
        give(&folder);
        Self { folder, programs, port, databases: AtomicU32::new(0) }
    }

    /// A file that only the server can read.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.join(name);
        std::fs::write(&file, text).expect("a file");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, private).expect("a private file");
        give(&file);
        file
    }

    fn initialise(&self, authentication: &[&str]) {
        let mut initdb = as_user(user(), &self.programs.join("initdb"));
        initdb.args(["--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"]);
        run(initdb.args(authentication).arg("-D").arg(self.folder.join("data")));
    }

    /// Starts it, and waits until it answers.
    fn launch(&self, settings: &[(&str, &str)], environment: &[(&str, &str)]) {
        self.spawn(user(), settings, environment);
        self.wait();
    }

    /// The server stops with this process: the system notifies a shell, which stops the server and
    /// removes its files. Until then, the shell restarts the server whenever it exits.
    fn spawn(
        &self,
        user: Option<&'static str>,
        settings: &[(&str, &str)],
        environment: &[(&str, &str)],
    ) {
        let script = r#"
            trap 'over=1; kill -INT $server' TERM
            while [ -z "$over" ]; do
                "$@" & server=$!
                wait $server; wait $server
                sleep 0.1
            done
            rm -rf "$FOLDER""#;
        let mut shell = Command::new("setpriv");
        shell.args(["--pdeathsig", "TERM"]);
        if let Some(user) = user {
            shell.args(["--reuid", user, "--regid", group(user), "--clear-groups"]);
        }
        shell.args(["sh", "-c", script, "sh"]);
        // Set only after switching the user: what a preloaded library creates must belong to the
        // server's user.
        shell.arg("env").args(environment.iter().map(|(name, value)| format!("{name}={value}")));
        shell.arg(self.programs.join("postgres"));
        shell.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        shell.args(["-c", "listen_addresses=", "-c", "max_connections=400"]);
        shell.arg("-p").arg(self.port.to_string());
        for (name, value) in settings {
            shell.arg("-c").arg(format!("{name}={value}"));
        }
        let log = std::fs::File::create(self.log()).expect("a log");
        shell.env("FOLDER", &self.folder).current_dir("/").stdin(Stdio::null());
        shell.stdout(log.try_clone().expect("a log")).stderr(log);
        // The system sends the notification when the thread that started the shell ends: this one
        // never does.
        std::thread::spawn(move || {
            let child = shell.spawn();
            loop {
                std::thread::park();
                let _kept = &child;
            }
        });
    }

    fn log(&self) -> PathBuf {
        // Beside the folder, which may belong to another user.
        self.folder.with_extension("log")
    }

    fn wait(&self) {
        let begun = Instant::now();
        let socket = self.folder.join(format!(".s.PGSQL.{}", self.port));
        let answers =
            || std::os::unix::net::UnixStream::connect(&socket).is_ok() && self.is_ready();
        while !answers() {
            let log = || std::fs::read_to_string(self.log()).unwrap_or_default();
            assert!(begun.elapsed() < START, "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
        // Its further output is ignored.
        let _ = std::fs::remove_file(self.log());
    }

    /// Kills the server without a clean shutdown, and waits until it answers again, with all
    /// committed data.
    ///
    /// # Panics
    /// If it doesn't restart.
    pub fn crash(&self) {
        let before = self.process().expect("a server that runs");
        run(Command::new("kill").args(["-QUIT", &before.to_string()]));
        let begun = Instant::now();
        while self.process().is_none_or(|now| now == before) || !self.is_ready() {
            assert!(begun.elapsed() < START, "PostgreSQL does not come back");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its main process id; `None` while it is starting.
    pub fn process(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// Whether it answers.
    pub fn is_ready(&self) -> bool {
        let mut asked = Command::new(self.programs.join("pg_isready"));
        asked.arg("-q").arg("-h").arg(&self.folder).arg("-p").arg(self.port.to_string());
        asked.status().is_ok_and(|status| status.success())
    }

    /// Creates a new database, and returns its address.
    ///
    /// # Panics
    /// If it can't be created.
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut create = Command::new(self.programs.join("createdb"));
        create.arg("-h").arg(&self.folder).arg("-p").arg(self.port.to_string());
        run(create.args(["-U", "postgres", &name]));
        self.url(&name)
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/{database}", self.port)
    }

    /// The address of a database over the network, if the server listens there.
    pub fn url_at(&self, address: std::net::Ipv4Addr, database: &str) -> String {
        format!("postgres://postgres@{address}:{}/{database}?sslmode=disable", self.port)
    }

    /// The folder of its socket.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl EncryptedServer {
    /// Creates a new database, and returns its address over the network, without a password and
    /// without TLS parameters.
    ///
    /// # Panics
    /// If it can't be created.
    pub fn database(&self) -> String {
        let url = self.server.database();
        let name = url.rsplit('/').next().unwrap_or_default();
        format!("postgres://postgres@localhost:{}/{name}", self.server.port)
    }
}

/// Changes the owner of a file or folder to the server's user.
fn give(path: &Path) {
    if let Some(user) = user() {
        run(Command::new("chown").arg(user).arg(path));
    }
}

/// The server's user: PostgreSQL refuses to run as root.
fn user() -> Option<&'static str> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).output().ok();
    let is_root = id(&["-u"]).is_some_and(|said| said.stdout == b"0\n");
    let is_there = |user: &&str| id(&["-u", user]).is_some_and(|said| said.status.success());
    is_root.then(|| ["postgres", "nobody"].into_iter().find(is_there)).flatten()
}

fn group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", group(user), "--clear-groups"]).arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("a program of PostgreSQL");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_dies_comes_back_with_what_was_committed() {
        let server = Server::start(&[]);
        let url = server.database();
        let ask = |sql: &str| {
            let psql =
                Command::new(server.programs.join("psql")).args(["-Atc", sql, &url]).output();
            String::from_utf8(psql.unwrap().stdout).unwrap()
        };
        ask("CREATE TABLE kept AS SELECT 7 AS number");
        server.crash();
        assert_eq!(ask("SELECT number FROM kept").trim(), "7");
    }

    #[test]
    fn a_server_answers_and_each_database_is_another() {
        let (one, other) = (server().database(), server().database());
        assert_ne!(one, other);
        let ask = |url: &str, sql: &str| {
            let psql =
                Command::new(server().programs.join("psql")).args(["-Atc", sql, url]).output();
            String::from_utf8(psql.unwrap().stdout).unwrap()
        };
        ask(&one, "CREATE TABLE a (b BIGINT)");
        let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
        assert_eq!((ask(&one, tables).trim(), ask(&other, tables).trim()), ("1", "0"));
    }
}
