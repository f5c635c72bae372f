//! Changing a key's label and its limits, and the pages of a publishable one.

use std::collections::BTreeSet;

use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::key_pages::PageFields;
use super::keys::refused;
use crate::answers::{AdminProviders, Key};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::field::{Choices, Field, Tick, whole};
use crate::components::shown::shown;
use crate::intl::{day_of, start_ms};
use crate::load::{Load, load};
use crate::texts::use_texts;
use crate::words as w;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The button, with its dialog.
#[component]
pub(crate) fn KeyLimits(
    /// The key.
    key: Load<Key>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let empty = || RwSignal::new(String::new());
    let [label, day_cap, month_cap, last_day] = [empty(), empty(), empty(), empty()];
    let is_for_all = RwSignal::new(true);
    let models = RwSignal::new(BTreeSet::<String>::new());
    let pages = PageFields::usual();
    let is_publishable = RwSignal::new(false);
    let fill = move |key: Key| {
        let written = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
        label.set(key.label);
        is_publishable.set(key.publishable.is_some());
        if let Some(of_key) = &key.publishable {
            pages.set(of_key);
        }
        day_cap.set(written(key.day_cap_tokens));
        month_cap.set(written(key.month_cap_tokens));
        last_day.set(key.expires_at_ms.map_or_else(String::new, |at_ms| day_of(at_ms.max(1) - 1)));
        is_for_all.set(key.models.is_none());
        models.set(key.models.unwrap_or_default().into_iter().collect());
    };
    // The fields begin with what the key has now, also after changes that were not saved.
    Effect::new(move |_| {
        if let Some(Ok(key)) = key.answer.get() {
            fill(key);
        }
    });
    let refill = Callback::new(move |()| {
        if let Some(Ok(key)) = key.answer.get_untracked() {
            fill(key);
        }
    });
    let save = change(move || {
        let path = path.clone();
        let last_day = last_day.get_untracked();
        let expires = start_ms(&last_day).map(|start_ms| start_ms + DAY_MS);
        let models = (!is_for_all.get_untracked()).then(|| models.get_untracked());
        let mut body = json!({
            "label": label.get_untracked(),
            "day_cap_tokens": whole(day_cap),
            "month_cap_tokens": whole(month_cap),
            "expires_at_ms": expires,
            "models": models.as_ref().map_or(Value::Null, |models| json!(models)),
        });
        if is_publishable.get_untracked() {
            body["publishable"] = pages.body();
        }
        async move {
            if models.is_some_and(|models| models.is_empty()) {
                return Err(refused(texts.text(w::CHOOSE_A_MODEL)));
            }
            key.put(api.change(Method::PATCH, &path, Some(&body)).await?);
            Ok(())
        }
    });
    view! {
        <Action label=w::CHANGE_KEY submit=w::SAVE change=save on_open=refill>
            <Field label=w::LABEL value=label hint=w::LABEL_HINT max_chars="200" />
            <Field label=w::DAY_CAP value=day_cap hint=w::CAP_HINT kind="number" min="0" />
            <Field label=w::MONTH_CAP value=month_cap hint=w::CAP_HINT kind="number" min="0" />
            <Field label=w::LAST_DAY value=last_day hint=w::LAST_DAY_HINT kind="date" />
            <Show when=move || is_publishable.get()>{pages.view()}</Show>
            <ModelChoice is_for_all=is_for_all models=models />
        </Action>
    }
    .into_any()
}

/// All models, or which of them.
#[component]
fn ModelChoice(
    /// Whether all are meant.
    is_for_all: RwSignal<bool>,
    /// Those that are meant otherwise.
    models: RwSignal<BTreeSet<String>>,
) -> impl IntoView {
    let texts = use_texts();
    let providers: Load<AdminProviders> =
        load(move || if is_for_all.get() { String::new() } else { "providers".to_owned() });
    let choices = move || {
        shown(providers, move |AdminProviders { providers }| {
            let ids = providers.into_iter().flat_map(|provider| provider.models);
            let ids: BTreeSet<String> = ids.chain(models.get_untracked()).collect();
            view! { <Choices names=ids chosen=models /> }.into_any()
        })
    };
    view! {
        <fieldset>
            <legend>{texts.text(w::MODELS)}</legend>
            <Tick label=texts.text(w::ALL_MODELS).to_owned() value=is_for_all />
            <Show when=move || !is_for_all.get()>{choices()}</Show>
        </fieldset>
    }
    .into_any()
}
