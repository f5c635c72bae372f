//! Every route about a generation, times everyone it does not belong to.

use ai_now_gateway::store::Publishable;
use ai_now_protocol::api::Session;
use reqwest::{Method, RequestBuilder};

use crate::support::{Place, completed, problem, song};

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    const PAGE: &str = "https://page.example";
    let place = Place::new();
    let (mine, theirs) = (place.key(100).await, place.key(100).await);
    let limits = Publishable { visitor_budget: 20, visitors_per_address: 9, tokens_per_day: 99 };
    let publishable = place.publishable(&mine, PAGE, limits).await;
    let gateway = place.start().await;
    let open = async |key: &str| {
        let asked = gateway.ask(Method::POST, "/api/sessions").bearer_auth(key);
        let response = asked.header("origin", PAGE).send().await.unwrap();
        response.json::<Session>().await.unwrap().token
    };
    let owners = [
        mine.clone(),
        theirs.clone(),
        open(&mine).await,
        open(&mine).await,
        open(&theirs).await,
        open(&publishable).await,
        open(&publishable).await,
    ];
    let mut generations = Vec::new();
    for owner in &owners {
        let accepted = gateway.create(owner, &song()).await;
        completed(&gateway.follow(&accepted.events).await);
        generations.push(accepted);
    }
    let routes = |id: &str| {
        [
            (Method::GET, format!("/api/generations/{id}")),
            (Method::DELETE, format!("/api/generations/{id}")),
            (Method::GET, format!("/api/generations/{id}/events")),
        ]
    };
    let status = async |asked: RequestBuilder| asked.send().await.unwrap().status().as_u16();
    for (owner, accepted) in owners.iter().zip(&generations) {
        for (method, path) in routes(&accepted.id) {
            for other in &owners {
                let expected = if other == owner { 200 } else { 404 };
                let asked = gateway.ask(method.clone(), &path).bearer_auth(other);
                assert_eq!(status(asked).await, expected, "{method} {path}");
            }
            let asked = gateway.ask(method.clone(), &path);
            problem(asked.send().await.unwrap(), 401).await;
            let asked = gateway.ask(method.clone(), &path).bearer_auth(&publishable);
            problem(asked.send().await.unwrap(), 403).await;
        }
    }
    // A ticket opens the events of its own generation, and nothing else at all.
    let ticket = generations[0].events.split_once("?ticket=").unwrap().1;
    for accepted in &generations {
        for (method, path) in routes(&accepted.id) {
            let own_events = path.ends_with("/events") && accepted.id == generations[0].id;
            let asked = gateway.ask(method.clone(), &format!("{path}?ticket={ticket}"));
            assert_eq!(status(asked).await, if own_events { 200 } else { 401 }, "{method} {path}");
            let asked = gateway.ask(method, &path).bearer_auth(ticket);
            assert_eq!(status(asked).await, 401);
        }
    }
    for path in ["/api/ping", "/api/balance"] {
        assert_eq!(status(gateway.get(path, ticket)).await, 401);
        assert_eq!(status(gateway.ask(Method::GET, &format!("{path}?ticket={ticket}"))).await, 401);
    }
}
