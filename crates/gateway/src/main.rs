//! The AI-Now gateway's program. What it does is in the library; here it only begins and ends.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match ai_now_gateway::cli::run(ai_now_gateway::cli::Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", ai_now_gateway::system_error::in_words(&error));
            ExitCode::FAILURE
        }
    }
}
