//! The pages, each in a file.

mod activity;
mod attempts;
mod deliveries;
mod generation;
mod generation_events;
mod generation_table;
mod generations;
mod key;
mod key_corrections;
mod key_limits;
mod key_pages;
mod key_rows;
mod keys;
mod ledger;
mod live;
mod models;
mod overview;
mod providers;
mod settings;
pub(crate) mod sign_in;
mod usage;
mod webhook;
mod webhook_rows;
mod webhooks;

use leptos::prelude::*;

use crate::route::{Page, Route};
use crate::texts::use_texts;
use crate::words as w;

/// The page that is open.
pub(crate) fn view(page: Page) -> AnyView {
    match page {
        Page::Overview => view! { <overview::OverviewPage /> }.into_any(),
        Page::Keys => view! { <keys::Keys /> }.into_any(),
        Page::Key(name) => view! { <key::KeyPage name=name /> }.into_any(),
        Page::Generations => view! { <generations::Generations /> }.into_any(),
        Page::Generation(id) => view! { <generation::GenerationPage id=id /> }.into_any(),
        Page::Providers => view! { <providers::Providers /> }.into_any(),
        Page::Usage => view! { <usage::UsagePage /> }.into_any(),
        Page::Activity => view! { <activity::Activity /> }.into_any(),
        Page::Webhooks => view! { <webhooks::Webhooks /> }.into_any(),
        Page::Webhook(name) => view! { <webhook::WebhookPage name=name /> }.into_any(),
        Page::Settings => view! { <settings::Settings /> }.into_any(),
        Page::Unknown => view! { <Unknown /> }.into_any(),
    }
}

#[component]
fn Unknown() -> impl IntoView {
    let texts = use_texts();
    view! {
        <p>
            <a href=Route::to(Page::Overview).href()>{texts.text(w::OVERVIEW)}</a>
        </p>
    }
}
