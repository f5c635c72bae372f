//! Administrators: their keys, what each role may do, the activity log, a listener of their own.

use std::process::Command;

use ai_now_gateway::server::Server;
use ai_now_gateway::store::AdminRole;
use ai_now_protocol::Code;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::PROGRAM;
use crate::support::{Gateway, Place, client, database, refusal, song};

async fn body(response: Response, status: u16) -> Value {
    assert_eq!(response.status().as_u16(), status, "{}", response.url());
    response.json().await.unwrap()
}

async fn get(gateway: &Gateway, path: &str, key: &str) -> Value {
    body(gateway.get(path, key).send().await.unwrap(), 200).await
}

/// The actions in the log, the oldest first, as `actor source action subject`.
async fn actions(gateway: &Gateway, key: &str) -> Vec<String> {
    let log = get(gateway, "/api/admin/activity", key).await;
    let entries = log["entries"].as_array().unwrap().iter().rev();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries
        .map(|entry| {
            ["actor", "source", "action", "subject"].map(|name| word(entry, name)).join(" ")
        })
        .collect()
}

#[tokio::test]
async fn an_administrator_makes_changes_and_revokes_keys_and_all_is_written_down() {
    let place = Place::new();
    let admin = place.admin("ada", AdminRole::Admin).await;
    let gateway = place.start().await;
    let made = gateway.post("/api/admin/keys", &admin, &json!({"tokens": 30, "label": "the shop"}));
    let made = body(made.send().await.unwrap(), 201).await;
    let secret = made["secret"].as_str().unwrap();
    let name = made["key"]["name"].as_str().unwrap();
    assert_eq!(made["key"]["balance"]["granted"], 30);
    assert_eq!(gateway.balance(secret).await.available, 30);

    let path = format!("/api/admin/keys/{name}");
    let granted = gateway.post(&format!("{path}/grants"), &admin, &json!({"tokens": 12.0}));
    assert_eq!(body(granted.send().await.unwrap(), 200).await["balance"]["granted"], 42);
    assert_eq!(gateway.balance(secret).await.available, 42);

    let label = gateway.ask(Method::PATCH, &path).bearer_auth(&admin);
    let label = label.json(&json!({"label": "The \"new\" shop"})).send().await.unwrap();
    assert_eq!(body(label, 200).await["label"], "The \"new\" shop");
    for (search, found) in [("NEW", 1), (name, 1), ("nothing", 0), ("%25", 0)] {
        let list = get(&gateway, &format!("/api/admin/keys?search={search}"), &admin).await;
        assert_eq!(list["keys"].as_array().unwrap().len(), found, "{search}");
    }

    let page = json!({"label": "page", "publishable": {
        "owner": name, "origins": ["https://Page.example"], "visitor_budget": 7,
    }});
    let page = gateway.post("/api/admin/keys", &admin, &page).send().await.unwrap();
    let page = body(page, 201).await;
    assert!(page["secret"].as_str().unwrap().starts_with("pk_"));
    assert_eq!(page["key"]["publishable"]["origins"], json!(["https://page.example"]));
    assert_eq!(page["key"]["publishable"]["visitor_budget"], 7);
    assert_eq!(page["key"]["publishable"]["tokens_per_day"], 2000);

    for _ in 0..2 {
        let revoked = gateway.ask(Method::DELETE, &path).bearer_auth(&admin).send().await.unwrap();
        assert!(body(revoked, 200).await["revoked_at_ms"].is_u64());
    }
    refusal(gateway.get("/api/balance", secret).send().await.unwrap(), 401).await;

    let other = page["key"]["name"].as_str().unwrap();
    let by = "ada 127.0.0.1";
    assert_eq!(
        actions(&gateway, &admin).await,
        [
            "gateway itself admin.create ada".to_owned(),
            format!("{by} key.create {name}"),
            format!("{by} key.grant {name}"),
            format!("{by} key.change {name}"),
            format!("{by} key.create {other}"),
            format!("{by} key.revoke {name}"),
        ]
    );
    let log = get(&gateway, "/api/admin/activity", &admin).await;
    let grant = &log["entries"][3];
    assert_eq!(
        (&grant["before"], &grant["after"]),
        (&json!({"granted": 30}), &json!({"granted": 42}))
    );
    let text = log.to_string();
    for secret in [secret, page["secret"].as_str().unwrap(), &admin] {
        assert!(!text.contains(secret), "a key stands in the log");
    }
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let place = Place::new();
    place.key(5).await;
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let gateway = place.start().await;
    assert_eq!(
        get(&gateway, "/api/admin/me", &viewer).await,
        json!({"name": "vera", "role": "viewer"})
    );
    let before = get(&gateway, "/api/admin/keys", &viewer).await;
    let log = actions(&gateway, &viewer).await;
    let name = before["keys"][0]["name"].as_str().unwrap();
    let path = format!("/api/admin/keys/{name}");
    for (method, path, sent) in [
        (Method::POST, "/api/admin/keys".to_owned(), json!({"tokens": 5})),
        (Method::POST, format!("{path}/grants"), json!({"tokens": 5})),
        (Method::PATCH, path.clone(), json!({"label": "x"})),
        (Method::DELETE, path.clone(), json!({})),
    ] {
        let asked = gateway.ask(method, &path).bearer_auth(&viewer).json(&sent);
        assert!(refusal(asked.send().await.unwrap(), 403).await.is(Code::AdminRoleRequired));
    }
    assert_eq!(get(&gateway, "/api/admin/keys", &viewer).await, before);
    assert_eq!(actions(&gateway, &viewer).await, log);
    gateway.stop().await;
}

#[tokio::test]
async fn keys_of_administrators_and_of_generations_open_nothing_of_each_other() {
    let place = Place::new();
    let (admin, gone) =
        (place.admin("a", AdminRole::Admin).await, place.admin("b", AdminRole::Admin).await);
    let key = place.key(5).await;
    let store = place.store().await;
    store.revoke_admin("b").await.unwrap();
    store.close().await;
    let gateway = place.start().await;
    for path in ["/api/ping", "/api/balance", "/api/generations"] {
        let said = refusal(gateway.get(path, &admin).send().await.unwrap(), 401).await;
        assert!(said.is(Code::InvalidKey), "{path}");
    }
    let asked = gateway.post("/api/generate", &admin, &song()).send().await.unwrap();
    assert!(refusal(asked, 401).await.is(Code::InvalidKey));
    let said = refusal(gateway.get("/api/admin/me", &key).send().await.unwrap(), 403).await;
    assert!(said.is(Code::AdminKeyRequired));
    let said = refusal(gateway.get("/api/admin/me", &gone).send().await.unwrap(), 401).await;
    assert!(said.is(Code::InvalidKey));
    let said = refusal(gateway.ask(Method::GET, "/api/admin/me").send().await.unwrap(), 401).await;
    assert!(said.is(Code::MissingKey));
    gateway.stop().await;
}

#[tokio::test]
async fn administrators_have_limits_of_their_own_and_no_page_of_another_origin_asks() {
    let place = Place::with(|config| {
        config.limits.admin_requests_per_minute = 2;
        config.limits.requests_per_minute = 1;
        config.origins = vec!["https://page.example".into()];
    });
    let (one, other) =
        (place.admin("a", AdminRole::Viewer).await, place.admin("b", AdminRole::Viewer).await);
    let gateway = place.start().await;
    let ask = async |key: &str| gateway.get("/api/admin/me", key).send().await.unwrap();
    assert_eq!([ask(&one).await.status(), ask(&one).await.status()], [200, 200]);
    let refused = ask(&one).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert!(refusal(refused, 429).await.is(Code::TooManyRequests));
    let asked = gateway.get("/api/admin/me", &other).header("origin", "https://page.example");
    let response = asked.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    gateway.stop().await;
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let place = Place::new();
    let admin = place.admin("ada", AdminRole::Admin).await;
    let key = place.key(5).await;
    let gateway = place.start().await;
    let list = get(&gateway, "/api/admin/keys", &admin).await;
    let name = list["keys"][0]["name"].as_str().unwrap().to_owned();
    let post = async |path: &str, sent: Value, status: u16| {
        let asked = gateway.post(path, &admin, &sent).send().await.unwrap();
        refusal(asked, status).await
    };
    let keys = "/api/admin/keys";
    let pages =
        |owner: &str, origins: Value| json!({"publishable": {"owner": owner, "origins": origins}});
    let both =
        json!({"tokens": 1, "publishable": {"owner": name, "origins": ["https://a.example"]}});
    for (sent, code) in [
        (json!({"tokens": -1}), Code::InvalidBody),
        (json!({"tokens": 1.5}), Code::InvalidBody),
        (json!({"token": 1}), Code::InvalidBody),
        (json!([]), Code::InvalidBody),
        (json!({"label": "x".repeat(201)}), Code::InvalidParameter),
        (pages(&name, json!([])), Code::InvalidParameter),
        (pages(&name, json!(["*"])), Code::InvalidParameter),
        (both, Code::InvalidParameter),
    ] {
        let said = post(keys, sent.clone(), 400).await;
        assert!(said.is(code), "{sent}: {said:?}");
    }
    let nobody = pages("key-nobody22", json!(["https://a.example"]));
    assert!(post(keys, nobody, 404).await.is(Code::NoSuchKey));
    let grants = format!("{keys}/{name}/grants");
    for sent in [json!({"tokens": 0}), json!({})] {
        assert!(post(&grants, sent, 400).await.is(Code::InvalidParameter));
    }
    let unknown = format!("{keys}/key-nobody22/grants");
    assert!(post(&unknown, json!({"tokens": 1}), 404).await.is(Code::NoSuchKey));
    for query in [
        "keys?limit=0",
        "keys?limit=x",
        "keys?before=-1",
        "activity?before=x",
        "activity/export?format=xml",
    ] {
        let asked = gateway.get(&format!("/api/admin/{query}"), &admin).send().await.unwrap();
        assert!(refusal(asked, 400).await.is(Code::InvalidParameter), "{query}");
    }
    assert_eq!(get(&gateway, keys, &admin).await, list);
    assert_eq!(gateway.balance(&key).await.granted, 5);
    gateway.stop().await;
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_the_log_is_exported_whole() {
    const KEYS: usize = 1100;
    let place = Place::new();
    let viewer = place.admin("vera", AdminRole::Viewer).await;
    let store = place.store().await;
    let new = |i: usize| {
        let store = store.clone();
        let new = ai_now_gateway::store::NewKey::Secret { tokens: 1 };
        tokio::spawn(async move { store.create_key(new, format!("=\"{i}\",\n")).await.unwrap() })
    };
    for made in (0..KEYS).map(new).collect::<Vec<_>>() {
        made.await.unwrap();
    }
    store.close().await;
    let gateway = place.start().await;
    for (path, list, expected) in [("keys", "keys", KEYS), ("activity", "entries", KEYS + 1)] {
        let (mut seen, mut next) = (std::collections::BTreeSet::new(), String::new());
        loop {
            let page = get(&gateway, &format!("/api/admin/{path}?limit=200{next}"), &viewer).await;
            let rows = page[list].as_array().unwrap();
            assert!(rows.iter().all(|row| seen.insert(row.to_string())), "twice in the list");
            let Some(place) = page["next"].as_str() else { break };
            assert_eq!(rows.len(), 200);
            next = format!("&before={place}");
        }
        assert_eq!(seen.len(), expected);
    }
    let lines =
        gateway.get("/api/admin/activity/export?format=jsonl", &viewer).send().await.unwrap();
    assert_eq!(lines.headers()["content-type"], "application/jsonl");
    let lines = lines.text().await.unwrap();
    let ids: Vec<_> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, (1..=i64::try_from(KEYS).unwrap() + 1).collect::<Vec<_>>());
    let csv = gateway.get("/api/admin/activity/export", &viewer).send().await.unwrap();
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let csv = csv.text().await.unwrap();
    assert!(csv.starts_with("id,at_ms,actor,source,action,subject,before,after\r\n1,"), "{csv}");
    assert_eq!(csv.matches("\r\n").count(), KEYS + 2);
    gateway.stop().await;
}

#[tokio::test]
async fn the_log_can_be_neither_changed_nor_deleted_from() {
    let place = Place::new();
    place.admin("ada", AdminRole::Admin).await;
    let file = database(&place);
    for sql in ["UPDATE activity SET actor = 'somebody else'", "DELETE FROM activity"] {
        let refused = file.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("the activity log is never"), "{refused}");
    }
    drop(file);
}

#[tokio::test]
async fn administrators_can_have_a_listener_of_their_own() {
    let place = Place::with(|config| config.admin_listen = "127.0.0.1:0".parse().ok());
    let admin = place.admin("ada", AdminRole::Admin).await;
    let server = Server::start(place.config.clone()).await.unwrap();
    let public = format!("http://{}", server.address());
    let private = format!("http://{}", server.admin_address().unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone()));
    let ask = async |base: &str, path: &str| {
        client().get(format!("{base}{path}")).bearer_auth(&admin).send().await.unwrap()
    };
    for path in ["/api/admin/me", "/api/admin/keys", "/api/admin/nothing"] {
        assert!(refusal(ask(&public, path).await, 404).await.is(Code::NoSuchRoute), "{path}");
    }
    assert_eq!(ask(&private, "/api/admin/me").await.status(), 200);
    for path in ["/api/balance", "/", "/healthz", "/api/admin/nothing"] {
        assert!(refusal(ask(&private, path).await, 404).await.is(Code::NoSuchRoute), "{path}");
    }
    stop.cancel();
    running.await.unwrap();
}

/// `public_url` leads to the API; the administrators' listener has an address of its own.
#[tokio::test]
async fn the_page_signs_in_at_its_own_listener_whatever_the_public_address_is() {
    let place = Place::with(|config| {
        config.admin_listen = "127.0.0.1:0".parse().ok();
        config.public_url = Some("https://studio.example".into());
    });
    let admin = place.admin("ada", AdminRole::Admin).await;
    let server = Server::start(place.config.clone()).await.unwrap();
    let private = format!("http://{}", server.admin_address().unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone()));
    let session = format!("{private}/api/admin/session");
    let sign_in = |origin: &str| {
        let asked = client().post(&session).header("x-ai-now-admin", "1").header("origin", origin);
        asked.json(&json!({ "key": admin })).send()
    };
    refusal(sign_in("https://studio.example").await.unwrap(), 403).await;
    let signed_in = sign_in(&private).await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("ai-now-admin=") && !cookie.contains("Secure"), "{cookie}");
    let asked = client().get(format!("{private}/api/admin/me"));
    let asked = asked.header("cookie", cookie.split(';').next().unwrap());
    assert_eq!(asked.send().await.unwrap().status(), 200);
    stop.cancel();
    running.await.unwrap();
}

fn program(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(PROGRAM).args(arguments).env("USER", "otto").output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), text.concat())
}

// The program is waited for on one thread while the gateway writes on another.
#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_administrators_and_is_written_down_too() {
    let place = Place::new();
    let gateway = place.start().await;
    let data = place.data().to_str().unwrap();
    let run = |arguments: &[&str]| program(&[arguments, &["--data", data]].concat());
    let (good, key) = run(&["admins", "create", "--name", "ada"]);
    assert!(good && key.starts_with("ak_"), "{key}");
    let (good, viewer) = run(&["admins", "create", "--name", "vera", "--role", "viewer"]);
    assert!(good, "{viewer}");
    for (name, says) in [("ada", "already"), ("a b", "1 to 64"), ("", "1 to 64")] {
        let (good, said) = run(&["admins", "create", "--name", name]);
        assert!(!good && said.contains(says), "{said}");
    }
    assert!(run(&["keys", "create", "--tokens", "3"]).0);
    let (_, list) = run(&["admins", "list"]);
    assert_eq!(list, "ada\tadmin\tgood\nvera\tviewer\tgood\n");
    let log = actions(&gateway, viewer.trim()).await;
    assert!(log[0] == "otto command line admin.create ada", "{log:?}");
    assert!(log[2].starts_with("otto command line key.create key-"), "{log:?}");
    assert!(run(&["admins", "revoke", "--name", "vera"]).0);
    refusal(gateway.get("/api/admin/me", viewer.trim()).send().await.unwrap(), 401).await;
    let (good, said) = run(&["admins", "revoke", "--name", "nobody"]);
    assert!(!good && said.contains("admins list"), "{said}");
    assert_eq!(
        actions(&gateway, key.trim()).await.last().unwrap(),
        "otto command line admin.revoke vera"
    );
    gateway.stop().await;
}
