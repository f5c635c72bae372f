//! Makes a song or a film and saves it: `cargo run --example make -- suno "A calm piano piece" song.mp3`.
//!
//! The gateway's address and key are taken from `AI_NOW_SERVER` and `AI_NOW_KEY`.

use std::path::Path;

use ai_now_client::{Client, Error, GenerateRequest, SubmissionKey};

/// Makes one result, reports its progress, and returns the size of the file.
///
/// # Errors
/// [`Error`], which says what to do next.
pub async fn make(client: &Client, model: &str, prompt: &str, file: &Path) -> Result<u64, Error> {
    let request = GenerateRequest {
        model: model.into(),
        prompt: prompt.into(),
        ..GenerateRequest::default()
    };
    let accepted = client.submit(&request, &SubmissionKey::new()).await?;
    println!("{} tokens for {}", accepted.price, accepted.id);
    let completed = client
        .follow(&accepted.id, |progress| {
            println!("{:3.0} %", progress.progress.unwrap_or(0.0) * 100.0);
        })
        .await?;
    client.save(&completed.url, file).await
}

#[allow(dead_code, reason = "a test calls the rest")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let [model, prompt, file] = &said[..] else {
        return Err("say MODEL PROMPT FILE".into());
    };
    let client = Client::new(&std::env::var("AI_NOW_SERVER")?, &std::env::var("AI_NOW_KEY")?)?;
    let bytes = make(&client, model, prompt, Path::new(file)).await?;
    println!("{file}: {bytes} bytes");
    Ok(())
}
