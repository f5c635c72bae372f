//! Tests the generated client with the running gateway at `AI_NOW_GATEWAY`, with the key
//! `AI_NOW_KEY`.

#[allow(dead_code, reason = "not all that is generated is used here")]
mod client;

use anyhow::{Context as _, Result, bail, ensure};
use tokio_stream::StreamExt as _;

use client::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let variable = |name: &str| std::env::var(name).with_context(|| name.to_owned());
    let client =
        AiNowApiClient::with_base_url(variable("AI_NOW_GATEWAY")?)?.with_key(variable("AI_NOW_KEY")?);

    let song = GenerateRequestSuno { prompt: "a song, 5 seconds".into(), ..Default::default() };
    let request =
        CreateGenerationRequest { body: GenerateRequest::Suno(song), ..Default::default() };
    let ApiResponse::Created(accepted) = client.create_generation(request).await? else {
        bail!("the generation was not accepted");
    };
    let accepted = accepted.body;
    ensure!(accepted.balance.held >= u64::from(accepted.price), "nothing is held");

    let mut request = StreamEventsRequest::default();
    request.path.id = accepted.id;
    let ApiResponse::Ok(events) = client.stream_events(request).await? else {
        bail!("there is no stream");
    };
    let mut events = events.body.context("there is nothing to come")?;
    while let Some(event) = events.next().await {
        let event = event?;
        if let Event::Completed(completed) = &**event.data() {
            ensure!(completed.url.contains("/media/"), "the result is at {}", completed.url);
            return Ok(());
        }
    }
    bail!("the stream ended before the generation")
}
