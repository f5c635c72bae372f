//! The list of keys, and making one.

use ai_now_protocol::Message;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

use super::key_pages::PageFields;
use super::key_rows;
use crate::answers::{CreatedKey, KeyList};
use crate::api::{ApiError, use_api};
use crate::components::action::{Action, change};
use crate::components::field::{Field, Select, whole};
use crate::components::filters::{filter_form, filters, is_looking};
use crate::components::pager::Pager;
use crate::components::secret::Secret;
use crate::components::shown::shown;
use crate::components::table::Table;
use crate::load::{Load, load};
use crate::navigation::use_route;
use crate::texts::use_texts;
use crate::words as w;

const FILTERS: [&str; 1] = ["search"];

/// The page.
#[component]
pub(crate) fn Keys() -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let route = use_route();
    let keys: Load<KeyList> = load(move || route.with(|route| ["keys", &route.query()].concat()));
    let values = filters(&FILTERS);
    let [search] = values;
    let field = view! { <Field label=w::SEARCH_KEYS value=search kind="search" /> }.into_any();
    let button = view! { <button type="submit">{texts.text(w::SEARCH)}</button> }.into_any();
    let form = filter_form(&FILTERS, &values, field, button);
    let columns = vec![
        (w::KEY_NAME, false),
        (w::LABEL, false),
        (w::KIND, false),
        (w::STANDING, false),
        (w::AVAILABLE, true),
        (w::USED_TODAY, true),
        (w::MADE_AT, false),
    ];
    let list = shown(keys, move |list: KeyList| {
        let rows = list.keys.into_iter().map(|key| key_rows::row(key, texts)).collect();
        let empty = if is_looking(&FILTERS) { w::NOTHING_FOUND } else { w::NO_KEYS };
        view! {
            <Table caption=w::KEYS columns=columns.clone() rows=rows empty=empty />
            <Pager route=route.get_untracked() next=list.next />
        }
        .into_any()
    });
    view! {
        <div class="bar">
            {form}
            {api.may_change().then(|| view! { <Create keys=keys /> })}
        </div>
        {list}
    }
    .into_any()
}

/// Making a key.
#[component]
fn Create(
    /// The list, which has one more then.
    keys: Load<KeyList>,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let secret = RwSignal::new(None);
    let empty = || RwSignal::new(String::new());
    let kind = RwSignal::new("secret".to_owned());
    let [label, tokens, owner] = [empty(), empty(), empty()];
    let pages = PageFields::usual();
    let is_publishable = move || kind.with(|kind| kind == "publishable");
    let begin = change(move || {
        let body = if kind.with_untracked(|kind| kind == "publishable") {
            let mut pages = pages.body();
            pages["owner"] = owner.get_untracked().trim().into();
            json!({ "label": label.get_untracked(), "publishable": pages })
        } else {
            json!({ "label": label.get_untracked(), "tokens": whole(tokens) })
        };
        async move {
            let made: CreatedKey = api.change(Method::POST, "keys", Some(&body)).await?;
            for field in [label, tokens, owner] {
                let _ = field.try_set(String::new());
            }
            pages.clear();
            keys.again();
            let _ = secret.try_set(Some(made.secret));
            Ok(())
        }
    });
    let kinds = vec![
        ("secret".to_owned(), texts.text(w::KIND_SECRET).to_owned()),
        ("publishable".to_owned(), texts.text(w::KIND_PUBLISHABLE).to_owned()),
    ];
    view! {
        <Action label=w::CREATE_KEY primary=true change=begin>
            <Select label=w::KIND value=kind choices=Signal::stored(kinds) />
            <Field label=w::LABEL value=label hint=w::LABEL_HINT max_chars="200" />
            <Show
                when=is_publishable
                fallback=move || view! { <Field label=w::TOKENS value=tokens kind="number" min="0" /> }
            >
                <Field label=w::OWNER value=owner hint=w::OWNER_HINT required=true />
                {pages.view()}
            </Show>
        </Action>
        <Secret secret=secret title=w::NEW_KEY about=w::SHOWN_ONCE />
    }
    .into_any()
}

/// A refusal of the page's own, before anything is asked.
pub(super) fn refused(text: &'static str) -> ApiError {
    ApiError::Refused(Message::text(text))
}
