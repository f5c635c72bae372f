//! What a person types and what CI runs.
fn main() {}
