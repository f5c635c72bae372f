//! Opens sessions for the visitors of a site, with axum and reqwest:
//! `cargo add axum serde_json`, `cargo add reqwest --features json`, `cargo add tokio --features full`,
//! `GATEWAY=https://gateway.example GATEWAY_KEY=ak_… cargo run`
use std::env;

use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

async fn page() -> Html<String> {
    Html(include_str!("page.html").replace("{gateway}", &env::var("GATEWAY").unwrap_or_default()))
}

async fn session() -> Result<(StatusCode, Json<Value>), StatusCode> {
    // The site's own user id. The same subject is the same visitor, with the same generations.
    let wish = json!({ "subject": "visitor-1", "budget": 30, "lifetime_secs": 3600 });
    let (gateway, key) = (env::var("GATEWAY"), env::var("GATEWAY_KEY"));
    let (Ok(gateway), Ok(key)) = (gateway, key) else { return Err(StatusCode::BAD_GATEWAY) };
    let request = reqwest::Client::new().post(format!("{gateway}/api/sessions"));
    let answer = request.bearer_auth(key).json(&wish).send().await;
    let answer = answer.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let status = answer.status();
    Ok((status, Json(answer.json().await.map_err(|_| StatusCode::BAD_GATEWAY)?)))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(page)).route("/session", post(session));
    let port = env::var("PORT").unwrap_or_else(|_| "3000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://127.0.0.1:{port}");
    axum::serve(listener, app).await
}
