//! The common buttons: one with a text, one with only an icon.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::erased::{Erase, Handler, live, truth};
use super::icon::{Icon, SwitchIcon};

/// A button with a text, and an icon before it if there is one. It submits nothing.
#[component]
pub(crate) fn TextButton(
    /// Its text.
    text: String,
    /// The icon before the text: a path of [`super::icon`].
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Called on a click.
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

/// A round button with an icon.
#[component]
pub(crate) fn IconButton(
    /// Its accessible name.
    label: String,
    /// Its icon: a path of [`super::icon`].
    icon: &'static str,
    /// Whether it is pressed, if it is a toggle.
    #[prop(optional)]
    pressed: Option<Memo<bool>>,
    /// Its icon while it is pressed, if that is another one.
    #[prop(optional)]
    pressed_icon: Option<&'static str>,
    /// The keyboard shortcut, in the form of `aria-keyshortcuts`.
    #[prop(optional)]
    key: Option<&'static str>,
    /// Called on a click.
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
