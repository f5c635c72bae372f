//! The list of webhooks, and adding one.

use std::collections::BTreeSet;

use ai_now_protocol::WebhookKind;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

use super::keys::refused;
use super::webhook_rows::row;
use crate::answers::{CreatedWebhook, WebhookList};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::field::{Choices, Field, Tick, whole};
use crate::components::secret::Secret;
use crate::components::shown::shown;
use crate::components::table::Table;
use crate::load::{Load, watch};
use crate::texts::use_texts;
use crate::words as w;

/// The page.
#[component]
pub(crate) fn Webhooks() -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let webhooks: Load<WebhookList> = watch(|| "webhooks".to_owned());
    let list = shown(webhooks, move |WebhookList { webhooks }| {
        let columns = vec![
            (w::KEY_NAME, false),
            (w::ADDRESS, false),
            (w::WHOSE, false),
            (w::EVENTS, false),
            (w::STANDING, false),
            (w::ON_THEIR_WAY, true),
        ];
        let rows = webhooks.into_iter().map(|webhook| row(webhook, texts)).collect();
        view! { <Table caption=w::WEBHOOKS columns=columns rows=rows empty=w::NO_WEBHOOKS /> }
            .into_any()
    });
    view! {
        <div class="bar">
            <p class="hint">{texts.text(w::WEBHOOKS_HINT)}</p>
            {api.may_change().then(|| view! { <Add webhooks=webhooks /> })}
        </div>
        {list}
    }
    .into_any()
}

/// Adding one.
#[component]
fn Add(
    /// The list, which has one more then.
    webhooks: Load<WebhookList>,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let secret = RwSignal::new(None);
    let url = RwSignal::new(String::new());
    let low = RwSignal::new("100".to_owned());
    let hears_all = RwSignal::new(true);
    let events = RwSignal::new(BTreeSet::<String>::new());
    let begin = change(move || {
        let chosen = (!hears_all.get_untracked()).then(|| events.get_untracked());
        let body = json!({
            "url": url.get_untracked().trim(),
            "events": chosen.clone().unwrap_or_default(),
            "balance_low_tokens": whole(low),
        });
        async move {
            if chosen.is_some_and(|chosen| chosen.is_empty()) {
                return Err(refused(texts.text(w::CHOOSE_AN_EVENT)));
            }
            let made: CreatedWebhook = api.change(Method::POST, "webhooks", Some(&body)).await?;
            let _ = url.try_set(String::new());
            webhooks.again();
            let _ = secret.try_set(Some(made.secret));
            Ok(())
        }
    });
    let names = || WebhookKind::ALL.map(|kind| kind.name().to_owned()).into();
    view! {
        <Action label=w::ADD_WEBHOOK about=w::ADD_WEBHOOK_ABOUT primary=true change=begin>
            <Field label=w::ADDRESS value=url hint=w::ADDRESS_HINT kind="url" max_chars="2000" required=true />
            <fieldset>
                <legend>{texts.text(w::EVENTS)}</legend>
                <Tick label=texts.text(w::ALL_EVENTS).to_owned() value=hears_all />
                <Show when=move || !hears_all.get()>
                    <Choices names=names() chosen=events />
                </Show>
            </fieldset>
            <Field label=w::BALANCE_LOW value=low hint=w::BALANCE_LOW_HINT kind="number" min="0" />
        </Action>
        <Secret secret=secret title=w::NEW_SECRET about=w::SECRET_ABOUT />
    }
    .into_any()
}
