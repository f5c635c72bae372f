//! The whole gateway with its records on PostgreSQL: what matters most of these tests, once more.

use std::process::Command;

use ai_now_gateway::config::Config;
use ai_now_gateway::domain::GatewayRole;
use ai_now_gateway::server::Server;
use ai_now_gateway::store;
use ai_now_protocol::Code;
use ai_now_protocol::api::Accepted;

use crate::support::{Gateway, ON_POSTGRES, Place, client, completed, film, refusal, song};

/// Modules whose tests don't look into a file.
const MODULES: [&str; 7] =
    ["api::", "feed::", "idempotency::", "lists::", "options::", "races::", "streams::"];

#[test]
fn the_same_tests_hold_on_postgres() {
    let tests = std::env::current_exe().unwrap();
    let run = Command::new(tests).args(MODULES).env(ON_POSTGRES, "1").output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    let passed = said.split("test result: ok. ").nth(1).and_then(|rest| rest.split(' ').next());
    assert!(passed.unwrap().parse::<u32>().unwrap() > 20, "{said}");
}

pub(crate) fn on_postgres() -> Place {
    Place::with(|config| {
        config.store = ai_now_test_postgres::server().database().parse().ok();
    })
}

#[tokio::test]
async fn work_goes_on_after_a_restart_and_a_cancelled_one_is_returned() {
    let place = on_postgres();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let first = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&first.events).await);
    let long = gateway.create(&key, &film(60)).await;
    let cancelled = gateway.create(&key, &film(60)).await;
    gateway.cancel(&key, &cancelled.id).await;
    gateway.stop().await;
    assert_eq!(place.assert_sound().await.unfinished, 1);
    let gateway = place.start().await;
    gateway.cancel(&key, &long.id).await;
    gateway.follow(&long.events).await;
    assert_eq!(gateway.balance(&key).await.spent, 10);
    gateway.stop().await;
    assert_eq!(place.assert_sound().await.unfinished, 0);
}

/// The settings of another gateway beside one: its records are the same, and so are its files.
pub(crate) fn beside(place: &Place, name: &str) -> Config {
    let data = place.path(name);
    std::fs::create_dir_all(&data).unwrap();
    for shared in ["media", "uploads"] {
        std::os::unix::fs::symlink(place.config.data.join(shared), data.join(shared)).unwrap();
    }
    Config { data, ..place.config.clone() }
}

#[tokio::test]
async fn what_one_gateway_accepts_is_followed_cancelled_and_played_at_another() {
    let place = on_postgres();
    let key = place.key(200).await;
    let one = place.start().await;
    let other = Gateway::start(beside(&place, "other")).await;
    let song = one.create(&key, &song()).await;
    completed(&other.follow(&song.events).await);
    // The ticket, the file and the balance are good at both.
    let url = other.show(&key, &song.id).await.url.unwrap();
    let file = client().get(url.as_str()).send().await.unwrap();
    assert!(file.status().is_success() && file.bytes().await.unwrap().len() > 1000);
    assert_eq!(other.balance(&key).await.spent, 10);
    let film = one.create(&key, &film(60)).await;
    other.cancel(&key, &film.id).await;
    one.follow(&film.events).await;
    let balance = one.balance(&key).await;
    assert_eq!((balance.spent, balance.held), (10, 0));
    one.stop().await;
    other.stop().await;
    assert_eq!(place.assert_sound().await.unfinished, 0);
}

/// The live events of one gateway include those of another.
#[tokio::test]
async fn administrators_hear_of_what_all_gateways_make() {
    let place = on_postgres();
    let key = place.key(200).await;
    let viewer = place.admin("vera", store::AdminRole::Viewer).await;
    let one = place.start().await;
    let other = Gateway::start(beside(&place, "other")).await;
    let mut stream = other.get("/api/admin/events", &viewer).send().await.unwrap();
    let mut said = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let film = one.create(&key, &film(60)).await;
    one.cancel(&key, &film.id).await;
    let end = format!(r#""id":"{}","model":"{}","state":"cancelled""#, film.id, "luma");
    while !said.contains(&end) {
        let chunk = stream.chunk().await.unwrap().expect("no end");
        said.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert_eq!(said.matches(&end).count(), 1, "{said}");
    drop(stream);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn what_a_gateway_leaves_behind_goes_on_at_another() {
    let place = on_postgres();
    let key = place.key(200).await;
    let one = place.start().await;
    let other = Gateway::start(beside(&place, "other")).await;
    let film = one.create(&key, &film(20)).await;
    one.stop().await;
    completed(&other.follow(&film.events).await);
    other.stop().await;
    assert_eq!(place.assert_sound().await.unfinished, 0);
}

#[tokio::test]
async fn a_gateway_that_keeps_its_files_elsewhere_is_refused() {
    let place = on_postgres();
    let one = place.start().await;
    let elsewhere = Config { data: place.path("elsewhere"), ..place.config.clone() };
    let refused = Server::start(elsewhere.clone()).await.err().unwrap().to_string();
    assert!(refused.contains("is not where these records' files are"), "{refused}");
    // Files that were copied bring along which place they come from.
    for folder in ["media", "uploads"] {
        let to = elsewhere.data.join(folder);
        std::fs::create_dir_all(&to).unwrap();
        std::fs::copy(place.config.data.join(folder).join("place.id"), to.join("place.id"))
            .unwrap();
    }
    Gateway::start(elsewhere).await.stop().await;
    one.stop().await;
}

#[tokio::test]
async fn a_door_accepts_and_a_worker_runs() {
    let place = on_postgres();
    let key = place.key(200).await;
    let door = Gateway::start(Config { role: GatewayRole::Door, ..place.config.clone() }).await;
    let worker = Config { role: GatewayRole::Worker, ..beside(&place, "worker") };
    let song = door.create(&key, &song()).await;
    let worker = Gateway::start(worker).await;
    completed(&door.follow(&song.events).await);
    let asked = |path| worker.get(path, &key).send();
    assert_eq!(asked("/readyz").await.unwrap().status(), 200);
    assert_eq!(asked("/api/balance").await.unwrap().status(), 404);
    door.stop().await;
    worker.stop().await;
    assert_eq!(place.assert_sound().await.unfinished, 0);
    let admin_listen = Some("127.0.0.1:0".parse().unwrap());
    let listening =
        Config { role: GatewayRole::Worker, admin_listen, ..beside(&place, "listening") };
    let listening = Server::start(listening).await.unwrap();
    assert_eq!(listening.admin_address(), None, "a worker has only probes to answer");
    drop(listening);
    let alone = Place::with(|config| config.role = GatewayRole::Door);
    let refused = Server::start(alone.config.clone()).await.err().unwrap().to_string();
    assert!(refused.contains("`role` is for gateways that share"), "{refused}");
}

/// The server ends the connection while it commits. How that ended is found out before anything is
/// said.
#[tokio::test]
async fn a_commit_that_was_cut_off_is_said_to_have_charged_nothing_and_is_repeated() {
    let place = on_postgres();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let database = connect(&place).await;
    database
        .batch_execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM pg_terminate_backend(pg_backend_pid());
                 PERFORM pg_sleep(60);
                 RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION cut()",
        )
        .await
        .unwrap();
    let submit = || {
        let asked = gateway.post("/api/generations", &key, &song());
        asked.header("Idempotency-Key", "once").send()
    };
    let answer = submit().await.unwrap();
    assert!(answer.headers().contains_key("retry-after"));
    let said = refusal(answer, 503).await;
    assert!(said.is(Code::StoreUnavailable), "{said:?}");
    assert_eq!(gateway.balance(&key).await.available, 100);
    database.batch_execute("DROP TRIGGER cut ON ledger").await.unwrap();
    let accepted: Accepted = submit().await.unwrap().json().await.unwrap();
    completed(&gateway.follow(&accepted.events).await);
    assert_eq!(gateway.balance(&key).await.spent, 10);
    gateway.stop().await;
    place.assert_sound().await;
}

/// Gateways are replaced one by one: the first newer one changes the tables below those that still run.
#[tokio::test]
async fn a_running_gateway_goes_on_when_a_newer_one_has_changed_the_tables() {
    let place = on_postgres();
    let key = place.key(200).await;
    let gateway = place.start().await;
    completed(&gateway.follow(&gateway.create(&key, &song()).await.events).await);
    let film = gateway.create(&key, &film(6)).await;
    connect(&place)
        .await
        .batch_execute(
            "INSERT INTO migrations (version, name) VALUES (9999, 'newer');
             ALTER TABLE accounts ADD COLUMN newer TEXT;
             ALTER TABLE generations ADD COLUMN newer BIGINT NOT NULL DEFAULT 0;
             ALTER TABLE ledger ADD COLUMN newer TEXT;
             CREATE TABLE newer (id BIGINT PRIMARY KEY)",
        )
        .await
        .unwrap();
    completed(&gateway.follow(&film.events).await);
    completed(&gateway.follow(&gateway.create(&key, &song()).await.events).await);
    let refused = Server::start(beside(&place, "older")).await.err().unwrap().to_string();
    assert!(refused.contains("made by a later version of the gateway"), "{refused}");
    gateway.stop().await;
}

/// Over a network the records travel with TLS, to a server that has the right certificate alone.
#[tokio::test]
async fn a_server_is_reached_with_tls_and_a_password() {
    let encrypted = ai_now_test_postgres::Server::encrypted();
    let url = encrypted.database();
    let trusted = encrypted.certificate.display().to_string().replace('/', "%2F");
    let mut place = Place::new();
    let password = place.path("password");
    std::fs::write(&password, format!("{}\n", ai_now_test_postgres::PASSWORD)).unwrap();
    place.config.store = format!("{url}?sslmode=verify-full&sslrootcert={trusted}").parse().ok();
    place.config.store_password_file = Some(password.clone());
    let key = place.key(100).await;
    let gateway = place.start().await;
    completed(&gateway.follow(&gateway.create(&key, &song()).await.events).await);
    let used = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE ssl AND application_name = 'ai-now-gateway'";
    let socket = encrypted.server.url("postgres");
    let (client, connection) =
        tokio_postgres::connect(&socket, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    assert!(client.query_one(used, &[]).await.unwrap().get::<_, i64>(0) > 0);
    gateway.stop().await;
    place.assert_sound().await;
    let refused = async |config: Config| {
        let refused = Server::start(config).await.err().unwrap().to_string();
        assert!(!refused.contains(ai_now_test_postgres::PASSWORD), "{refused}");
        refused
    };
    // A certificate that is not trusted.
    let store = format!("{url}?sslmode=require").parse().ok();
    let unknown = refused(Config { store, ..place.config.clone() }).await;
    assert!(unknown.to_lowercase().contains("certificate"), "{unknown}");
    // One that is made out to another name.
    let other = url.replace("localhost", "127.0.0.1");
    let store = format!("{other}?sslmode=verify-full&sslrootcert={trusted}").parse().ok();
    let other = refused(Config { store, ..place.config.clone() }).await;
    assert!(other.to_lowercase().contains("certificate"), "{other}");
    std::fs::write(&password, "wrong").unwrap();
    let wrong = refused(place.config.clone()).await;
    assert!(wrong.contains("password authentication failed"), "{wrong}");
}

/// A connection of the test's own to a place's server.
pub(crate) async fn connect(place: &Place) -> tokio_postgres::Client {
    let url = place.config.store.clone().unwrap();
    let (client, connection) =
        tokio_postgres::connect(url.expose(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A server that goes away and comes back costs time, and nothing else.
#[tokio::test]
async fn connections_that_were_lost_are_replaced() {
    let place = on_postgres();
    let key = place.key(100).await;
    let gateway = place.start().await;
    let client = connect(&place).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..3 {
        client.execute(end, &[]).await.unwrap();
        let accepted = gateway.create(&key, &song()).await;
        completed(&gateway.follow(&accepted.events).await);
    }
    assert_eq!(gateway.balance(&key).await.spent, 30);
    gateway.stop().await;
    place.assert_sound().await;
}

fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(crate::cli::PROGRAM).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// From a file to a server, by the program itself; afterwards nothing reads the file any more.
#[tokio::test(flavor = "multi_thread")]
async fn records_are_moved_by_the_program_and_read_where_they_are() {
    let mut place = Place::new();
    // This test begins with a file, wherever the others are.
    place.config.store = None;
    let key = place.key(100).await;
    let gateway = place.start().await;
    let made = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&made.events).await);
    let url = ai_now_test_postgres::server().database();
    let data = place.data().to_str().unwrap().to_owned();
    let (moved, said) = run(&["migrate", "--data", &data, "--to", &url]);
    assert!(!moved && said.contains("in use by another gateway"), "{said}");
    gateway.stop().await;
    let (moved, said) = run(&["migrate", "--data", &data, "--to", &url]);
    assert!(moved && said.contains("1 accounts and 1 generations (0 unfinished)"), "{said}");
    assert!(!said.contains("postgres@"), "{said}");
    // No command begins new records beside those.
    let (listed, said) = run(&["keys", "list", "--data", &data]);
    assert!(!listed && said.contains("are on the server"), "{said}");
    let (listed, said) = run(&["keys", "list", "--data", &data, "--store", &url]);
    assert!(listed && said.contains("spent 10"), "{said}");
    let (audited, said) = run(&["audit", "--data", &data, "--store", &url]);
    assert!(audited && said.contains("all is well"), "{said}");
    place.config.store = url.parse().ok();
    let gateway = place.start().await;
    assert_eq!(gateway.balance(&key).await.spent, 10);
    let again = gateway.create(&key, &song()).await;
    completed(&gateway.follow(&again.events).await);
    gateway.stop().await;
    place.assert_sound().await;
}

/// A refused login is reported with its reason, without the password.
#[test]
fn an_unusable_server_is_reported_without_the_password() {
    let folder = ai_now_test_postgres::server().folder().display().to_string().replace('/', "%2F");
    for (address, why) in [
        ("postgres://ada:secret@127.0.0.1:1/music", "127.0.0.1:1/music cannot be used"),
        (&format!("postgres://nobody:secret@{folder}/music"), "cannot be used"),
        ("mysql://ada:secret@127.0.0.1/music", "postgres://user@host/database"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let data = data.path().join("data").display().to_string();
        for command in [&["admins", "create", "--name", "ada"][..], &["serve"]] {
            let environment = [("AI_NOW_STORE", address), ("AI_NOW_DATA", &data)];
            let output = Command::new(crate::cli::PROGRAM).args(command).envs(environment).output();
            let output = output.unwrap();
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(!output.status.success() && said.contains(why), "{address}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }
}
