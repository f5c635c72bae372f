//! The program itself: its commands, its first line, its exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::Place;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ai-now-gateway");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn bad(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("os error"), "{said}");
    said
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

// The program is waited for on one thread while the gateway writes on another.
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_granted_and_revoked_while_the_server_runs() {
    let place = Place::new();
    let gateway = place.start().await;
    let data = text(place.data());
    let key = good(&["keys", "create", "--data", data, "--tokens", "5", "--label", "tab\there"]);
    let key = key.strip_suffix('\n').unwrap();
    assert!(key.starts_with("ak_") && key.len() == 46, "{key}");
    assert_eq!(gateway.balance(key).await.available, 5);

    let list = good(&["keys", "list", "--data", data]);
    assert!(list.contains("available 5") && list.contains(r"tab\there"), "{list}");
    assert!(!list.contains(key));
    let name = list.split('\t').next().unwrap();
    let told: serde_json::Value =
        serde_json::from_str(&good(&["keys", "list", "--json", "--data", data])).unwrap();
    assert_eq!((&told["name"], &told["label"]), (&name.into(), &"tab\there".into()));
    assert_eq!(told["balance"]["available"], 5);
    let granted = good(&["keys", "grant", "--data", data, name, "--tokens", "7"]);
    assert_eq!(granted, "available 12\nheld 0\nspent 0\ngranted 12\n");
    assert_eq!(good(&["keys", "balance", "--data", data, key]), granted);
    assert_eq!(gateway.balance(key).await.granted, 12);

    let page = good(&[
        "keys",
        "create",
        "--data",
        data,
        "--publishable",
        name,
        "--origin",
        "https://a.example",
    ]);
    assert!(page.starts_with("pk_"), "{page}");
    good(&["keys", "revoke", "--data", data, name]);
    assert_eq!(gateway.get("/api/ping", key).send().await.unwrap().status(), 401);
    assert!(good(&["audit", "--data", data]).contains("all is well"));
}

/// Service managers and containers write “not set” so. It is the same for all commands.
#[test]
fn a_blank_variable_is_one_that_is_not_set() {
    for blank in ["", "  "] {
        let dir = tempfile::tempdir().unwrap();
        let here = |arguments: &[&str]| {
            let mut command = Command::new(PROGRAM);
            command.current_dir(dir.path()).args(arguments);
            for name in ["DATA", "STORE", "STORE_PASSWORD_FILE", "LISTEN", "KEY", "SERVER"] {
                command.env(format!("AI_NOW_{name}"), blank);
            }
            command.output().unwrap()
        };
        for arguments in [
            ["keys", "create", "--tokens", "5"].as_slice(),
            &["keys", "list"],
            &["admins", "create", "--name", "ada"],
            &["admins", "list"],
            &["webhooks", "list"],
            &["usage"],
            &["audit"],
            &["providers", "costs"],
            &["providers", "check"],
            &["config", "check"],
        ] {
            let output = here(arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{arguments:?}: {said}");
        }
        let list = String::from_utf8(here(&["keys", "list"]).stdout).unwrap();
        assert!(list.contains("available 5"), "{list}");
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(dir.path().join("data/ai-now.db").is_file());
        // Who has no key is told so, and not that an empty one is wrong.
        let said = here(&["try", "a lake"]);
        assert!(String::from_utf8_lossy(&said.stderr).contains("AI_NOW_KEY"), "{said:?}");
    }
}

#[test]
fn failures_have_a_message_and_an_exit_code() {
    let place = Place::new();
    let data = text(place.data());
    assert!(bad(&["keys", "list", "--data", data]).contains("There are no records"));
    good(&["keys", "create", "--data", data, "--tokens", "1"]);
    assert!(bad(&["keys", "revoke", "--data", data, "nobody"]).contains("no key “nobody”"));
    let huge = ["keys", "create", "--data", data, "--tokens", "18446744073709551615"];
    assert!(bad(&huge).contains("more tokens"));
    assert!(bad(&["keys", "create", "--data", data]).contains("--tokens"));
    let origin = ["keys", "create", "--data", data, "--publishable", "x", "--origin", "*"];
    assert!(bad(&origin).contains("https://example.com"));

    std::fs::write(place.path("file"), "x").unwrap();
    let file = place.path("file");
    assert!(
        bad(&["keys", "create", "--data", text(&file), "--tokens", "1"]).contains("cannot be used")
    );
    let broken = place.path("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("ai-now.db"), "this is no database at all".repeat(100)).unwrap();
    for command in [["keys", "list"].as_slice(), &["audit"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let arguments = [command, &["--data", text(&broken)]].concat();
        let said = bad(&arguments);
        assert!(said.contains("not a database"), "{said}");
        assert!(said.contains(text(&broken.join("ai-now.db"))), "{said}");
    }
}

/// A wrong argument is refused before anything is changed, with what to do instead.
#[test]
fn bad_arguments_change_nothing_and_say_what_to_do() {
    let place = Place::new();
    let data = text(place.data());
    good(&["keys", "create", "--data", data, "--tokens", "1", "--label", "me"]);
    let listed = good(&["keys", "list", "--data", data]);
    let key = listed.split('\t').next().unwrap();
    let limit = |models| ["keys", "limit", "--data", data, key, "--models", models];
    let said = bad(&limit("pika,pikka"));
    assert!(said.contains("no model “pikka”") && said.contains("suno, "), "{said}");
    assert!(good(&["keys", "limit", "--data", data, key]).contains("models all\n"));
    assert!(good(&limit("Pika, SUNO")).contains("models pika,suno\n"));
    assert!(good(&limit("none")).contains("models all\n"));
    let said = bad(&["keys", "adjust", "--data", data, key, "--tokens", "2", "--reason", "x"]);
    assert!(said.contains("`keys balance`"), "{said}");

    let usage = ["usage", "--data", data, "--from", "2026-02-01", "--to", "2026-01-01"];
    assert!(bad(&usage).contains("--from"));

    let said = bad(&["webhooks", "add", "--data", data, "http://127.0.0.1/hook"]);
    assert!(said.starts_with("error: ") && said.contains("--private"), "{said}");
    assert!(!said.contains("allow_private"), "{said}");
    let said = bad(&["webhooks", "remove", "--data", data, "wh-none"]);
    assert!(said.starts_with("error: ") && said.contains("`webhooks list`"), "{said}");
    let added = good(&["webhooks", "add", "--data", data, "https://hooks.example/ai-now"]);
    let name = added.lines().next().unwrap();
    let said = bad(&["webhooks", "replay", "--data", data, name, "7"]);
    assert!(said.starts_with("error: ") && said.contains("no delivery 7"), "{said}");
}

/// Prompts, balances and what keys hash to are for the gateway's own user alone.
#[cfg(unix)]
#[test]
fn records_are_private_to_their_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    good(&["keys", "create", "--data", text(place.data()), "--tokens", "1"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.data().join("ai-now.db")), 0o600);
}

/// Records of which a part is not what it was, and a place where nothing can be written.
#[test]
fn damaged_records_and_unwritable_folders_are_reported() {
    let place = Place::new();
    let data = text(place.data());
    good(&["keys", "create", "--data", data, "--tokens", "1"]);
    let file = place.data().join("ai-now.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // The first page, with the names of the tables, is left as it was.
    assert!(bytes.len() > 10 * 4096);
    bytes[4096..].fill(0x5a);
    std::fs::write(&file, &bytes).unwrap();
    let commands: [&[&str]; 3] =
        [&["keys", "list"], &["audit"], &["serve", "--listen", "127.0.0.1:0"]];
    for command in commands {
        let said = bad(&[command, &["--data", data]].concat());
        let told = said.contains("The database ") && said.contains("malformed");
        assert!(told, "{said}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "nothing was made of it");
    if cfg!(target_os = "linux") {
        let said = bad(&["serve", "--listen", "127.0.0.1:0", "--data", "/proc/ai-now"]);
        assert!(said.contains("/proc/ai-now cannot be used"), "{said}");
    }
}

/// Each kind of system error: reported with its place and in words, without its number, which `bad`
/// looks for.
#[test]
fn system_errors_are_reported_in_words() {
    let place = Place::new();
    let data = text(place.data());
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    let file = place.path("file");
    std::fs::write(&file, "").unwrap();
    let (below, dir, empty) = (file.join("data"), place.path(""), place.path("empty"));
    let cases: [(&[&str], &str, &str); 7] = [
        (&["serve", "--listen", &busy, "--data", data], &busy, "in use"),
        (&["serve", "--listen", "192.0.2.1:1", "--data", data], "192.0.2.1:1", "address"),
        (&["serve", "--data", text(&below)], text(&below), "directory"),
        (&["keys", "list", "--data", text(&file)], text(&file), "records"),
        (&["serve", "--config", "/nowhere/x"], "/nowhere/x", "o such file"),
        (&["config", "check", "--config", text(&dir)], text(&dir), "directory"),
        (
            &["keys", "list", "--data", text(&empty), "--store", "postgres://me@127.0.0.1:1/x"],
            "127.0.0.1:1",
            "refused",
        ),
    ];
    for (command, at, words) in cases {
        let said = bad(command);
        assert!(said.contains(at) && said.contains(words), "{command:?}: {said}");
    }
}

/// A full disk where the answer goes, and a reader who went.
#[cfg(target_os = "linux")]
#[test]
fn unwritable_output_is_reported_in_words() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    for (out, words) in [(Stdio::from(writer), "pipe"), (full.into(), "No space left")] {
        let mut command = Command::new(PROGRAM);
        let output = command.args(["config", "check"]).stdout(out).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{said}");
        assert!(!said.contains("os error"), "{said}");
    }
}

#[test]
fn settings_are_checked() {
    let place = Place::new();
    let file = place.path("config.toml");
    std::fs::write(&file, "retention_days = 30\n[limits]\nqueue = 5\n").unwrap();
    let said = good(&["config", "check", "--config", text(&file)]);
    assert!(said.contains("The settings are valid"), "{said}");
    std::fs::write(&file, "kep_days = 30\n").unwrap();
    assert!(
        bad(&["config", "check", "--config", text(&file)]).contains("unknown field `kep_days`")
    );
    assert!(bad(&["serve", "--config", text(&file)]).contains("kep_days"));
    let web =
        ["serve", "--listen", "127.0.0.1:0", "--data", text(place.data()), "--web", "/nowhere"];
    assert!(bad(&web).contains("index.html"));
}

#[test]
fn the_command_line_describes_itself_to_shells_and_to_man() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = good(&["completions", shell]);
        for word in ["ai-now-gateway", "rotate", "overlap-hours", "refund"] {
            assert!(script.contains(word), "{shell} completes no {word}");
        }
    }
    let page = good(&["man"]);
    assert!(page.contains(".TH ai-now-gateway 1"), "{page}");
    let place = Place::new();
    let dir = place.path("man");
    good(&["man", "--out", text(&dir)]);
    let page = std::fs::read_to_string(dir.join("ai-now-gateway-keys-rotate.1")).unwrap();
    assert!(page.contains("overlap"), "{page}");
}
