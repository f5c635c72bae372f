//! One's own generations, newest first, page by page, wherever one is.

use ai_now_gateway::store::Publishable;
use ai_now_protocol::Code;
use ai_now_protocol::api::{GenerationPage, Session, State};
use reqwest::Method;
use serde_json::json;

use crate::support::{Gateway, Place, film, refusal};

/// A generation that was cancelled before it was made: its id.
async fn made(gateway: &Gateway, key: &str) -> String {
    let id = gateway.create(key, &film(20)).await.id;
    assert_eq!(gateway.cancel(key, &id).await.state, State::Cancelled);
    id
}

fn ids(page: &GenerationPage) -> Vec<String> {
    page.generations.iter().map(|generation| generation.id.clone()).collect()
}

#[tokio::test]
async fn the_list_is_newest_first_and_paged() {
    let place = Place::new();
    let key = place.key(1000).await;
    let gateway = place.start().await;
    assert_eq!(gateway.list(&key, "").await, GenerationPage { generations: vec![], next: None });
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(made(&gateway, &key).await);
    }
    all.reverse();
    let whole = gateway.list(&key, "").await;
    assert_eq!(whole.next, None);
    // Of the same millisecond, any order is right; the pages have to agree about it.
    let mut sorted = (ids(&whole), all);
    assert!(whole.generations.windows(2).all(|w| w[0].created_at_ms >= w[1].created_at_ms));
    let shown = gateway.show(&key, &sorted.0[0]).await;
    assert_eq!((&whole.generations[0].message, whole.generations[0].price), (&shown.message, 30));
    let (mut paged, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = gateway.list(&key, &query).await;
        assert!(page.generations.len() <= 2);
        paged.extend(ids(&page));
        let Some(next) = page.next else { break };
        query = format!("?limit=2&before={next}");
    }
    assert_eq!(paged, sorted.0);
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1);
}

#[tokio::test]
async fn what_is_no_cursor_is_refused() {
    let place = Place::new();
    let key = place.key(0).await;
    let gateway = place.start().await;
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("limit=x", "limit"),
        ("before=", "before"),
        ("before=1", "before"),
        ("before=-1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "before"),
        ("before=1-'%20OR%201=1%20--", "before"),
        ("before=99999999999999999999-aaaaaaaaaaaaaaaaaaaaaaaaaa", "before"),
    ] {
        let asked = gateway.get(&format!("/api/generations?{query}"), &key);
        let said = refusal(asked.send().await.unwrap(), 400).await;
        assert!(said.is(Code::InvalidParameter), "{query}: {said:?}");
        assert_eq!(said.params["name"].as_text(), Some(name));
    }
    let foreign = gateway.list(&key, "?before=1-aaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert!(foreign.generations.is_empty());
}

/// The key, a visitor of it, the same visitor elsewhere, another visitor, another key.
#[tokio::test]
async fn everyone_sees_their_own_and_the_same_subject_sees_the_same() {
    const PAGE: &str = "https://page.example";
    let place = Place::new();
    let (key, other) = (place.key(1000).await, place.key(100).await);
    let limits = Publishable { visitor_budget: 99, visitors_per_address: 9, tokens_per_day: 99 };
    let publishable = place.publishable(&key, PAGE, limits).await;
    let gateway = place.start().await;
    let open = async |subject: &str| {
        let asked = gateway.post("/api/sessions", &key, &json!({"subject": subject}));
        asked.send().await.unwrap().json::<Session>().await.unwrap().token
    };
    let (phone, tablet, stranger) = (open("anna").await, open("anna").await, open("ben").await);
    assert_ne!(phone, tablet);
    let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(&publishable);
    let page: Session = asked.header("origin", PAGE).send().await.unwrap().json().await.unwrap();
    let mine = made(&gateway, &key).await;
    let of_anna = made(&gateway, &phone).await;
    let of_page = made(&gateway, &page.token).await;
    for (who, expected) in [
        (&key, vec![mine]),
        (&phone, vec![of_anna.clone()]),
        (&tablet, vec![of_anna]),
        (&stranger, vec![]),
        (&page.token, vec![of_page]),
        (&other, vec![]),
    ] {
        assert_eq!(ids(&gateway.list(who, "").await), expected);
    }
}
