//! The program itself: its commands, its first line, its exit codes.

use std::path::Path;
use std::process::{Command, Output};

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

#[test]
fn what_cannot_be_done_is_said_and_told_by_the_exit_code() {
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

/// Prompts, balances and what keys hash to are for the gateway's own user alone.
#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_reads_the_records() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    good(&["keys", "create", "--data", text(place.data()), "--tokens", "1"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.data().join("ai-now.db")), 0o600);
}

/// Records of which a part is not what it was, and a place where nothing can be written.
#[test]
fn damaged_records_and_a_place_that_takes_nothing_are_told() {
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

#[test]
fn settings_are_checked() {
    let place = Place::new();
    let file = place.path("config.toml");
    std::fs::write(&file, "retention_days = 30\n[limits]\nqueue = 5\n").unwrap();
    let said = good(&["config", "check", "--config", text(&file)]);
    assert!(said.contains("good"), "{said}");
    std::fs::write(&file, "kep_days = 30\n").unwrap();
    assert!(
        bad(&["config", "check", "--config", text(&file)]).contains("unknown field `kep_days`")
    );
    assert!(bad(&["serve", "--config", text(&file)]).contains("kep_days"));
    let web =
        ["serve", "--listen", "127.0.0.1:0", "--data", text(place.data()), "--web", "/nowhere"];
    assert!(bad(&web).contains("index.html"));
}
