//! The widget in a real browser.
fn main(){}
