//! Follows a generation that an earlier run of a program began: `cargo run --example resume -- ID NUMBER`.
//!
//! The gateway's address and key are taken from `AI_NOW_SERVER` and `AI_NOW_KEY`.

use ai_now_client::{Client, Error};

/// Prints the events after the one with that number, to the end; returns the number of the last.
///
/// # Errors
/// [`Error`], which says what to do next.
pub async fn resume(client: &Client, id: &str, number: u64) -> Result<u64, Error> {
    let mut events = client.events_after(id, number);
    while let Some(event) = events.next().await? {
        println!("{:>12}  {:?}", event.number, event.event);
    }
    Ok(events.last_number())
}

#[allow(dead_code, reason = "a test calls the rest")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let [id, number] = &said[..] else { return Err("say ID NUMBER".into()) };
    let client = Client::new(&std::env::var("AI_NOW_SERVER")?, &std::env::var("AI_NOW_KEY")?)?;
    resume(&client, id, number.parse()?).await?;
    Ok(())
}
