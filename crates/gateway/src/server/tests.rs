//! A gateway whose routes have faults, over its real socket.

use reqwest::{Client, Method};

use super::*;
use crate::config::Limits as LimitSettings;

const PAGE: &str = "https://page.example";

/// Pages of other origins hear of a fault, over both versions of HTTP and on every kind of route: else
/// they would take the gateway for unreachable.
#[tokio::test]
async fn a_fault_is_an_answer_that_pages_can_read() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: dir.path().join("data"),
        origins: vec![PAGE.to_owned()],
        limits: LimitSettings { connections: 64, ..LimitSettings::default() },
        ..Config::default()
    };
    let Server { app, listeners, lock, .. } = Server::start(config).await.unwrap();
    let (address, closing) = (app.address, CancellationToken::new());
    let router = http::faulty(app.clone());
    let serving = tokio::spawn(accept(app.clone(), listeners.api, router, 64, closing.clone()));
    let clients = [
        (Client::builder().http1_only().build().unwrap(), reqwest::Version::HTTP_11),
        (Client::builder().http2_prior_knowledge().build().unwrap(), reqwest::Version::HTTP_2),
    ];
    let id = "a".repeat(26);
    let routes = [
        (Method::GET, "/api/ping".to_owned(), PAGE),
        (Method::POST, "/api/generations".to_owned(), PAGE),
        (Method::DELETE, format!("/api/generations/{id}"), PAGE),
        (Method::GET, format!("/api/generations/{id}/events?after=1"), PAGE),
        (Method::GET, "/api/events?after=1".to_owned(), PAGE),
        (Method::GET, "/media/song-x.mp3".to_owned(), "*"),
        (Method::HEAD, "/media/song-x.mp3".to_owned(), "*"),
        (Method::GET, "/healthz".to_owned(), ""),
    ];
    for (client, version) in &clients {
        for (method, path, allowed) in &routes {
            let asked = client.request(method.clone(), format!("http://{address}{path}"));
            let answer = asked.header("origin", PAGE).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.version()), (500, *version), "{path}");
            let header =
                |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
            assert_eq!(header("access-control-allow-origin"), *allowed, "{path}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("content-type"), "application/json", "{path}");
            assert_eq!(header("x-request-id").len(), 12, "{path}");
            if *method != Method::HEAD {
                let text = answer.text().await.unwrap();
                assert!(
                    text.contains(r#""code":"internal""#) && !text.contains("a fault"),
                    "{text}"
                );
            }
        }
    }
    app.stopping.cancel();
    closing.cancel();
    drop(clients);
    serving.await.unwrap();
    app.store.close().await;
    drop(lock);
}
