//! The providers and the models that are routed to them: how they are doing, now and as it changes.

use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::models::Models;
use crate::answers::{AdminProvider, AdminProviders, ProviderFinding};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::shown::{Busy, shown};
use crate::components::table::{Table, cell, foreign};
use crate::load::{Load, watch};
use crate::route::escaped;
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The page.
#[component]
pub(crate) fn Providers() -> impl IntoView {
    let texts = use_texts();
    let providers: Load<AdminProviders> = watch(|| "providers".to_owned());
    view! {
        {shown(
            providers,
            move |AdminProviders { providers }| {
                view! { <ProviderTable providers=providers /> }.into_any()
            },
        )}
        <Changes providers=providers />
        <p class="hint">{texts.text(w::PROVIDERS_HINT)}</p>
        <Models />
    }
    .into_any()
}

/// The table.
#[component]
pub(crate) fn ProviderTable(
    /// The providers.
    providers: Vec<AdminProvider>,
) -> impl IntoView {
    let texts = use_texts();
    let columns = vec![
        (w::PROVIDER, false),
        (w::HEALTH, false),
        (w::MODELS, false),
        (w::RUNNING, true),
        (w::AT_ONCE, true),
        (w::WAITING, true),
        (w::TYPICAL_TIME, true),
    ];
    let rows = providers.into_iter().map(|provider| row(provider, texts)).collect();
    view! { <Table caption=w::ALL_PROVIDERS columns=columns rows=rows empty=w::NO_PROVIDERS /> }
}

fn row(provider: AdminProvider, texts: Texts) -> Vec<AnyView> {
    let health = if provider.breaker_open {
        let secs = texts.secs(provider.open_secs.unwrap_or(0) as f64);
        let said = texts.fill(w::BREAKER_OPEN_FOR, &[("time", &secs)]);
        view! { <span class="mark bad">{said}</span> }.into_any()
    } else {
        view! { <span class="mark good">{texts.text(w::HEALTHY)}</span> }.into_any()
    };
    let typical = provider.typical_secs.map_or_else(|| "–".to_owned(), |secs| texts.secs(secs));
    vec![
        foreign(provider.name),
        health,
        cell(provider.models.join(", ")),
        cell(texts.number(provider.running)),
        cell(texts.number(provider.concurrent)),
        cell(texts.number(provider.waiting)),
        cell(typical),
    ]
}

/// What may be done about each provider.
#[component]
fn Changes(
    /// The providers.
    providers: Load<AdminProviders>,
) -> impl IntoView {
    let api = use_api();
    if !api.may_change() {
        return ().into_any();
    }
    // A provider's buttons stay as long as it is there, with its breaker open or not.
    let names = Memo::new(move |_| {
        providers.answer.with(|known| {
            let Some(Ok(known)) = known else { return Vec::new() };
            let open = known.providers.iter();
            open.map(|provider| (provider.name.clone(), provider.breaker_open)).collect()
        })
    });
    let row = move |(name, is_open): (String, bool)| {
        view! {
            <li>
                <bdi>{name.clone()}</bdi>
                <Check name=name.clone() />
                {is_open.then(|| view! { <CloseBreaker name=name providers=providers /> })}
            </li>
        }
    };
    view! { <ul class="plain rows">{move || names.get().into_iter().map(row).collect_view()}</ul> }
        .into_any()
}

/// Looking now whether a provider can be used.
#[component]
fn Check(
    /// The provider.
    name: String,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let busy = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let path = ["providers/", &escaped(&name), "/check"].concat();
    let label = [texts.text(w::CHECK_NOW), ": ", &name].concat();
    let look = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        said.set(String::new());
        let path = path.clone();
        spawn_local(async move {
            let found = api.change::<ProviderFinding>(Method::POST, &path, None).await;
            let _ = busy.try_set(false);
            let text = match found {
                Ok(found) => {
                    let standing = if found.good { w::HEALTHY } else { w::UNUSABLE };
                    [texts.text(standing), ": ", &found.says].concat()
                }
                Err(error) => texts.error(&error),
            };
            let _ = said.try_set(text);
        });
    };
    view! {
        <button
            type="button"
            aria-label=label
            aria-disabled=move || busy.get().to_string()
            on:click=look
        >
            {texts.text(w::CHECK_NOW)}
        </button>
        <Busy busy=busy />
        <span role="status" dir="auto">
            {move || said.get()}
        </span>
    }
    .into_any()
}

/// Closing a circuit breaker.
#[component]
fn CloseBreaker(
    /// The provider.
    name: String,
    /// All of them.
    providers: Load<AdminProviders>,
) -> impl IntoView {
    let api = use_api();
    let path = ["providers/", &escaped(&name), "/breaker"].concat();
    let close = change(move || {
        let path = path.clone();
        async move {
            providers.put(api.change(Method::DELETE, &path, None).await?);
            Ok(())
        }
    });
    view! { <Action label=w::CLOSE_BREAKER about=w::CLOSE_BREAKER_ABOUT change=close /> }
}
