//! The AI-Now gateway.
fn main() {}
