//! Corrections of a key: tokens taken back, and the key rotated.

use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

use crate::answers::{CreatedKey, Key};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::field::{Field, Select, whole};
use crate::components::secret::Secret;
use crate::load::Load;
use crate::texts::use_texts;
use crate::words as w;

/// For how many hours the old key can remain valid.
const OVERLAP_HOURS: [u32; 5] = [0, 1, 24, 168, 720];

/// The buttons, with their dialogs.
#[component]
pub(crate) fn Corrections(
    /// The key.
    key: Load<Key>,
    /// Its address.
    path: String,
    /// Whether it has an account of its own, and is valid.
    has_account: Memo<bool>,
    /// Whether it is not revoked.
    is_unrevoked: Memo<bool>,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let [tokens, reason] = [(), ()].map(|()| RwSignal::new(String::new()));
    let adjust = {
        let path = [&path, "/adjustments"].concat();
        change(move || {
            let path = path.clone();
            let body = json!({ "tokens": whole(tokens), "reason": reason.get_untracked().trim() });
            async move {
                key.put(api.change(Method::POST, &path, Some(&body)).await?);
                let _ = (tokens.try_set(String::new()), reason.try_set(String::new()));
                Ok(())
            }
        })
    };
    let secret = RwSignal::new(None);
    let overlap = RwSignal::new("24".to_owned());
    let rotate = change(move || {
        let path = [&path, "/rotate"].concat();
        let hours = overlap.with_untracked(|hours| hours.parse::<u32>().unwrap_or(24));
        let body = json!({ "overlap_secs": hours * 60 * 60 });
        async move {
            let made: CreatedKey = api.change(Method::POST, &path, Some(&body)).await?;
            key.put(made.key);
            let _ = secret.try_set(Some(made.secret));
            Ok(())
        }
    });
    let hours = OVERLAP_HOURS.map(|hours| (hours.to_string(), texts.number(hours)));
    let hours = Signal::stored(hours.to_vec());
    view! {
        <Show when=move || has_account.get()>
            <Action label=w::ADJUST about=w::ADJUST_ABOUT change=adjust>
                <Field label=w::TOKENS value=tokens kind="number" min="1" required=true />
                <Field label=w::WHY value=reason hint=w::REASON_HINT max_chars="500" required=true />
            </Action>
        </Show>
        <Show when=move || is_unrevoked.get()>
            <Action label=w::ROTATE about=w::ROTATE_ABOUT change=rotate>
                <Select label=w::OVERLAP_HOURS value=overlap choices=hours />
            </Action>
        </Show>
        <Secret secret=secret title=w::NEW_KEY about=w::SHOWN_ONCE />
    }
    .into_any()
}
