//! What administrators change after it was made, and how they find who changed what.

use ai_now_gateway::store::{AdminRole, Publishable};
use ai_now_protocol::Code;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Gateway, Place, refusal};

const PAGE: &str = "https://page.example";
const OTHER: &str = "https://other.example";
const LIMITS: Publishable =
    Publishable { visitor_budget: 20, visitors_per_address: 9, tokens_per_day: 500 };

async fn open(gateway: &Gateway, key: &str, origin: &str) -> Response {
    let asked =
        gateway.ask(Method::POST, "/api/sessions").bearer_auth(key).header("origin", origin);
    asked.send().await.unwrap()
}

async fn budget(opened: Response) -> (String, u64) {
    assert_eq!(opened.status(), 201);
    let opened: Value = opened.json().await.unwrap();
    let token = opened["token"].as_str().unwrap().to_owned();
    (token, opened["balance"]["available"].as_u64().unwrap())
}

#[tokio::test]
async fn a_publishable_keys_pages_and_budgets_are_changed_after_it_was_made() {
    let place = Place::new();
    let (admin, viewer) =
        (place.admin("ada", AdminRole::Admin).await, place.admin("vera", AdminRole::Viewer).await);
    let key = place.key(1000).await;
    let page_key = place.publishable(&key, PAGE, LIMITS).await;
    let gateway = place.start().await;
    let keys: Value =
        gateway.get("/api/admin/keys", &admin).send().await.unwrap().json().await.unwrap();
    let name = |at: usize| keys["keys"][at]["name"].as_str().unwrap().to_owned();
    let (page_name, secret_name) = (name(0), name(1));
    let change = async |name: &str, by: &str, sent: Value| {
        let asked = gateway.ask(Method::PATCH, &format!("/api/admin/keys/{name}")).bearer_auth(by);
        asked.json(&sent).send().await.unwrap()
    };
    let (before, had) = budget(open(&gateway, &page_key, PAGE).await).await;
    assert_eq!(had, 20);
    let sent = json!({"publishable": {"origins": ["https://Other.example"], "visitor_budget": 30}});
    assert_eq!(change(&page_name, &viewer, sent.clone()).await.status(), 403);
    let changed: Value = change(&page_name, &admin, sent).await.json().await.unwrap();
    let pages = json!({
        "origins": [OTHER], "visitor_budget": 30, "visitors_per_address": 9, "tokens_per_day": 500,
    });
    assert_eq!(changed["publishable"], pages);
    assert_eq!(changed["label"], "page");
    // The page of before has no way in any more, neither a new one nor the one that was open.
    refusal(open(&gateway, &page_key, PAGE).await, 403).await;
    let asked = gateway.get("/api/balance", &before).header("origin", PAGE).send().await.unwrap();
    refusal(asked, 401).await;
    assert_eq!(budget(open(&gateway, &page_key, OTHER).await).await.1, 30);

    // What is not good changes nothing, not even what is good beside it.
    for sent in [
        json!({"label": "x", "publishable": {"origins": []}}),
        json!({"label": "x", "publishable": {"origins": ["https://a.example/path"]}}),
        json!({"label": "x", "publishable": {"visitor_budget": -1}}),
        json!({"label": "x", "publishable": {"owner": secret_name}}),
    ] {
        refusal(change(&page_name, &admin, sent).await, 400).await;
    }
    let secret =
        change(&secret_name, &admin, json!({"label": "x", "publishable": {"visitor_budget": 1}}));
    assert!(refusal(secret.await, 400).await.is(Code::InvalidRequest));
    let keys: Value =
        gateway.get("/api/admin/keys", &admin).send().await.unwrap().json().await.unwrap();
    assert_eq!(keys["keys"][0]["publishable"], pages);
    assert_eq!(
        (&keys["keys"][0]["label"], &keys["keys"][1]["label"]),
        (&json!("page"), &json!("test"))
    );

    let log = gateway.get("/api/admin/activity?action=key.change", &admin).send().await.unwrap();
    let log: Value = log.json().await.unwrap();
    assert_eq!(log["entries"].as_array().unwrap().len(), 1, "{log}");
    let entry = &log["entries"][0];
    assert_eq!((&entry["actor"], &entry["subject"]), (&json!("ada"), &json!(page_name)));
    assert_eq!(entry["before"]["publishable"]["origins"], json!([PAGE]));
    assert_eq!(entry["after"]["publishable"], pages);
    gateway.stop().await;
    place.assert_sound().await;
}

#[tokio::test]
async fn the_log_is_looked_through_by_who_what_and_when() {
    let place = Place::new();
    let (ada, bob) =
        (place.admin("ada", AdminRole::Admin).await, place.admin("bob", AdminRole::Admin).await);
    let gateway = place.start().await;
    for (by, count) in [(&ada, 3), (&bob, 2)] {
        for _ in 0..count {
            let made = gateway.post("/api/admin/keys", by, &json!({"tokens": 1})).send().await;
            assert_eq!(made.unwrap().status(), 201);
        }
    }
    let found = async |query: &str| {
        let page = gateway.get(&format!("/api/admin/activity?{query}"), &ada).send().await.unwrap();
        let page: Value = page.json().await.unwrap();
        let count = page["entries"].as_array().unwrap().len();
        let export = format!("/api/admin/activity/export?format=jsonl&{query}");
        let export = gateway.get(&export, &ada).send().await.unwrap().text().await.unwrap();
        assert_eq!(export.lines().count(), count, "{query}");
        count
    };
    for (query, count) in [
        ("actor=ADA", 3),
        ("actor=bo", 2),
        ("actor=gateway", 2),
        ("actor=nobody", 0),
        ("action=key.", 5),
        ("action=key.create&actor=ada", 3),
        ("subject=ada", 1),
        ("subject=%25", 0),
        ("from=2000-01-01", 7),
        ("to=2000-01-01", 0),
        ("from=2000-01-01&to=2999-12-31&action=admin", 2),
    ] {
        assert_eq!(found(query).await, count, "{query}");
    }
    for query in ["from=yesterday", "to=2000-13-01"] {
        for path in ["activity", "activity/export"] {
            let asked = gateway.get(&format!("/api/admin/{path}?{query}"), &ada).send().await;
            assert!(refusal(asked.unwrap(), 400).await.is(Code::InvalidParameter));
        }
    }
    // The next page looks for the same.
    let page = gateway.get("/api/admin/activity?actor=ada&limit=2", &ada).send().await.unwrap();
    let page: Value = page.json().await.unwrap();
    let next = page["next"].as_str().unwrap();
    let rest = format!("/api/admin/activity?actor=ada&before={next}");
    let rest: Value = gateway.get(&rest, &ada).send().await.unwrap().json().await.unwrap();
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
    gateway.stop().await;
}
