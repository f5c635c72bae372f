//! axum's own `Sse` as in its documentation: a broadcast channel, an event per message, keep-alive.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::stream::{Stream, unfold};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// Serves `/idle`, which is silent, and `/busy`, which sends an event four times a second.
///
/// # Errors
/// If it can't listen.
pub async fn serve() -> Result<()> {
    let (idle, busy) = (broadcast::Sender::new(64), broadcast::Sender::new(64));
    let telling = busy.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(250));
        for number in 1_u64.. {
            ticks.tick().await;
            let json =
                format!(r#"{{"status":"Processing","progress":0.5,"step":"step {number}"}}"#);
            // There is no receiver yet, so nothing is lost.
            let _ = telling.send((number, json));
        }
    });
    let router = Router::new()
        .route("/idle", get(stream).with_state(idle))
        .route("/busy", get(stream).with_state(busy));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn stream(
    State(sender): State<broadcast::Sender<(u64, String)>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = unfold(sender.subscribe(), |mut receiver| async move {
        let (number, json) = receiver.recv().await.ok()?;
        Some((Ok(Event::default().id(number.to_string()).data(json)), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
