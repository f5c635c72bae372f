//! One webhook: its details, its actions, and its messages.

use gloo_net::http::Method;
use leptos::prelude::*;

use super::deliveries::Deliveries;
use super::webhook_rows::{events, mark, whose};
use crate::answers::{Webhook, WebhookList};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::shown::shown;
use crate::components::table::{cell, facts, foreign};
use crate::load::{Load, watch};
use crate::navigation::go;
use crate::route::{Page, Route, escaped};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The page.
#[component]
pub(crate) fn WebhookPage(
    /// The webhook's name.
    name: String,
) -> impl IntoView {
    let texts = use_texts();
    let path = ["webhooks/", &escaped(&name)].concat();
    let list: Load<WebhookList> = watch(|| "webhooks".to_owned());
    let webhook = Memo::new({
        let name = name.clone();
        move |_| list.answer.with(|list| find(list.as_ref()?.as_ref().ok()?, &name))
    });
    let is_there = Memo::new(move |_| webhook.with(Option::is_some));
    let more = {
        let path = path.clone();
        move || is_there.get().then(|| view! { <Deliveries path=path.clone() /> })
    };
    let about = shown(list, move |list| match find(&list, &name) {
        Some(webhook) => about(webhook, texts),
        None => view! { <p class="empty">{texts.text(w::NO_SUCH_WEBHOOK)}</p> }.into_any(),
    });
    view! {
        {about}
        <Changes webhook=webhook list=list path=path />
        {more}
    }
    .into_any()
}

fn find(list: &WebhookList, name: &str) -> Option<Webhook> {
    list.webhooks.iter().find(|webhook| webhook.name == name).cloned()
}

fn about(webhook: Webhook, texts: Texts) -> AnyView {
    let mut rows = vec![
        (w::STANDING, mark(&webhook, texts)),
        (w::ADDRESS, foreign(webhook.url.clone())),
        (w::WHOSE, whose(&webhook, texts)),
        (w::EVENTS, events(&webhook, texts)),
        (w::BALANCE_LOW, cell(texts.number(webhook.balance_low_tokens))),
        (w::ON_THEIR_WAY, cell(texts.number(webhook.pending))),
        (w::MADE_AT, cell(texts.moment(webhook.created_at_ms))),
    ];
    if let Some(at_ms) = webhook.disabled_at_ms {
        rows.push((w::DISABLED_AT, cell(texts.moment(at_ms))));
    }
    facts(rows)
}

/// Its actions.
#[component]
fn Changes(
    /// The webhook.
    webhook: Memo<Option<Webhook>>,
    /// All of them.
    list: Load<WebhookList>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    if !api.may_change() {
        return ().into_any();
    }
    let ask = move |what: &str| {
        let path = [&path, what].concat();
        let method = if what.is_empty() { Method::DELETE } else { Method::POST };
        change(move || {
            let (path, method) = (path.clone(), method.clone());
            async move {
                api.act(method.clone(), &path).await?;
                if method == Method::DELETE {
                    go(&Route::to(Page::Webhooks));
                } else {
                    list.again();
                }
                Ok(())
            }
        })
    };
    let (enable, disable, remove) = (ask("/enable"), ask("/disable"), ask(""));
    let is = move |disabled: bool| {
        Memo::new(move |_| {
            webhook.with(|known| {
                known.as_ref().is_some_and(|known| known.disabled_at_ms.is_some() == disabled)
            })
        })
    };
    let (is_disabled, is_enabled) = (is(true), is(false));
    let is_there = move || is_disabled.get() || is_enabled.get();
    view! {
        <div class="buttons start">
            <Show when=move || is_disabled.get()>
                <Action label=w::ENABLE about=w::ENABLE_ABOUT primary=true change=enable />
            </Show>
            <Show when=move || is_enabled.get()>
                <Action label=w::DISABLE about=w::DISABLE_ABOUT change=disable />
            </Show>
            <Show when=is_there>
                <Action label=w::REMOVE about=w::REMOVE_ABOUT danger=true change=remove />
            </Show>
        </div>
    }
    .into_any()
}
