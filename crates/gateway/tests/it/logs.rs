//! What the log says, and what it never says.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use ai_now_gateway::store::Publishable;
use ai_now_protocol::api::{Accepted, Session};
use serde_json::Value;

use crate::cli::PROGRAM;
use crate::support::{Place, client, read_all, song};

const PAGE: &str = "https://page.example";

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_what_happened_and_no_secret() {
    let place = Place::new();
    let key = place.key(100).await;
    let limits = Publishable { visitor_budget: 20, visitors_per_address: 9, tokens_per_day: 99 };
    let publishable = place.publishable(&key, PAGE, limits).await;
    let log = place.path("log");
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(place.data())
        .env("AI_NOW_LOG_FORMAT", "json")
        .env("RUST_LOG", "debug")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();

    let client = client();
    let opened = client.post(format!("{url}/api/sessions")).bearer_auth(&publishable);
    let session: Session =
        opened.header("origin", PAGE).send().await.unwrap().json().await.unwrap();
    let asked = client.post(format!("{url}/api/generations")).bearer_auth(&session.token);
    let asked = asked.header("idempotency-key", "order-4711-of-somebody").json(&song());
    let response = asked.send().await.unwrap();
    let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let accepted: Accepted = response.json().await.unwrap();
    let events = client.get(format!("{url}{}", accepted.events)).send().await.unwrap();
    read_all(events).await;
    for (path, token) in [
        (format!("/api/balance?key={key}"), key.as_str()),
        (accepted.events.replace("events?", "events?after=x&"), ""),
        ("/api/balance".into(), "ak_this-is-no-key-of-anybody-but-it-looks-like-one"),
    ] {
        client.get(format!("{url}{path}")).bearer_auth(token).send().await.unwrap();
    }
    // A file's name, and words of a prompt, in spellings that lead nowhere.
    for path in [
        "/summer-rain-abc.mp3",
        "/summer-rain",
        "/summer%2emp3",
        "/summer/rain",
        "/%256dedia/summer.mp3",
        "/media%2fsummer.mp3",
        "/api/summer",
        "/api/generations/summer",
        "/api/generate/summer",
    ] {
        for method in ["GET", "PUT", "DELETE", "SUMMER-summer"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            client.request(method, format!("{url}{path}")).send().await.unwrap();
        }
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert!(child.wait().unwrap().success());

    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |message: &str| {
        let found = lines.iter().find(|line| line["fields"]["message"] == message);
        found.unwrap_or_else(|| panic!("{message} is not in\n{text}"))
    };
    let acceptance = said("accepted");
    assert_eq!(acceptance["fields"]["generation"], accepted.id);
    assert_eq!(acceptance["span"]["id"], request_id);
    let end = said("ended");
    assert_eq!(
        (&end["fields"]["generation"], &end["fields"]["state"]),
        (&Value::from(accepted.id.as_str()), &Value::from("Completed"))
    );
    assert!(lines.iter().any(|line| {
        line["fields"]["path"] == "\"/api/generations\"" && line["fields"]["status"] == 201
    }));
    let (_, ticket) = accepted.events.split_once("?ticket=").unwrap();
    for secret in [
        key.as_str(),
        &publishable,
        &session.token,
        ticket,
        "looks-like-one",
        "order-4711",
        // What people ask for is theirs, too.
        "summer",
    ] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
}

/// A provider that refuses the connection, and a client that goes: the log says so in words.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_what_the_system_says_in_words() {
    let place = Place::new();
    let key = place.key(100).await;
    let log = place.path("log");
    let settings = place.path("config.toml");
    let nobody = "[providers.up]\nkind = 'replicate'\nmodel = 'a/b'\nkey_env = 'KEY_OF_UP'\n\
                  base_url = 'http://127.0.0.1:1'\nallow_private = true\n\
                  [[models]]\nid = 'run'\nroutes = ['up']\n";
    std::fs::write(&settings, nobody).unwrap();
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(place.data())
        .arg("--config")
        .arg(&settings)
        .env("KEY_OF_UP", "secret")
        .env("RUST_LOG", "debug")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let asked = client().post(format!("{url}/api/generate")).bearer_auth(&key);
    let asked = asked.json(&serde_json::json!({"model": "run", "prompt": "a lake"}));
    let events = read_all(asked.send().await.unwrap()).await;
    let said = serde_json::to_string(&events.last().unwrap().1).unwrap();
    assert!(said.contains("Error") && !said.contains("os error"), "{said}");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains("onnection refused") && !text.contains("os error"), "{text}");
}
