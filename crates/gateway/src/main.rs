//! The AI-Now gateway's program. Everything else is in the library.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

/// How long the process waits for what blocks a thread still: a disk that does not answer keeps nobody.
const BLOCKED: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let cli = ai_now_gateway::cli::Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let code = match runtime.block_on(ai_now_gateway::cli::run(cli)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    };
    runtime.shutdown_timeout(BLOCKED);
    code
}

fn failed(error: &impl std::fmt::Display) -> ExitCode {
    eprintln!("error: {}", ai_now_gateway::system_error::in_words(error));
    ExitCode::FAILURE
}
