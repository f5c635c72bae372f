//! What the studio looks like, as components; the style sheet gives them their looks. They show
//! signals and call functions. They decide nothing.

mod api_key_field;
mod button;
mod duration_estimate;
pub(crate) mod erased;
mod error_message;
mod history_entry;
pub(crate) mod history_gallery;
mod icon;
pub(crate) mod landmarks;
mod listeners;
mod model_picker;
mod option_fields;
mod picture_field;
mod player;
mod progress;
pub(crate) mod prompt_form;
mod result_actions;
pub(crate) mod result_panel;
mod search_field;
mod style_picker;
mod submit_bar;
pub(crate) mod thumbnail;
