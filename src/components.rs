//! The components of the studio; the style sheet defines their appearance. They show signals and
//! call functions. They decide nothing.

pub(crate) mod api_key_field;
mod button;
mod duration_estimate;
pub(crate) mod erased;
mod error_message;
mod history_entry;
pub(crate) mod history_gallery;
mod icon;
pub(crate) mod landmarks;
mod listeners;
pub(crate) mod model_picker;
pub(crate) mod option_fields;
mod picture_field;
mod player;
mod progress;
pub(crate) mod prompt_form;
mod result_actions;
pub(crate) mod result_panel;
mod search_field;
pub(crate) mod style_picker;
pub(crate) mod submit_bar;
pub(crate) mod thumbnail;
