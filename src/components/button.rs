//! The buttons that repeat: one with a text, one with a picture alone.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::erased::{Erase, Handler, live, truth};
use super::icon::{Icon, SwitchIcon};

/// A button with a text, and a picture before it if there is one. It submits nothing.
#[component]
pub(crate) fn TextButton(
    /// What it says.
    text: String,
    /// The picture before the text: a path of [`super::icon`].
    #[prop(optional)]
    icon: Option<&'static str>,
    /// What it does.
    on_click: Handler<MouseEvent>,
) -> impl IntoView {
    match icon {
        Some(path) => view! {
            <button type="button" class="plain" on:click=on_click>
                <Icon path />
                <span>{text}</span>
            </button>
        }
        .erased(),
        None => view! {
            <button type="button" class="plain" on:click=on_click>
                {text}
            </button>
        }
        .erased(),
    }
}

/// A round button with a picture.
#[component]
pub(crate) fn IconButton(
    /// What it is called.
    label: String,
    /// Its picture: a path of [`super::icon`].
    icon: &'static str,
    /// Whether it is pressed, where it is a switch.
    #[prop(optional)]
    pressed: Option<Memo<bool>>,
    /// Its picture while it is pressed, if that is another.
    #[prop(optional)]
    pressed_icon: Option<&'static str>,
    /// The key that does the same, as `aria-keyshortcuts` names it.
    #[prop(optional)]
    key: Option<&'static str>,
    /// What it does.
    on_click: Handler<MouseEvent>,
) -> impl IntoView {
    let picture = match (pressed, pressed_icon) {
        (Some(on), Some(on_path)) => view! { <SwitchIcon on on_path off_path=icon /> }.erased(),
        _ => view! { <Icon path=icon /> }.erased(),
    };
    view! {
        <button
            type="button"
            class="round"
            aria-label=label.clone()
            title=label
            aria-keyshortcuts=key
            aria-pressed=pressed.map(|pressed| live(move || truth(pressed.get())))
            on:click=on_click
        >
            {picture}
        </button>
    }
    .erased()
}
