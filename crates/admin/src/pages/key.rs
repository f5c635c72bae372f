//! One key: its details, its actions, its ledger and its generations.

use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

use super::generation_table::GenerationTable;
use super::key_corrections::Corrections;
use super::key_limits::KeyLimits;
use super::key_rows;
use super::ledger::Ledger;
use crate::answers::{AdminGenerationList, Key, Pages};
use crate::api::use_api;
use crate::components::action::{Action, change};
use crate::components::field::{Field, whole};
use crate::components::shown::shown;
use crate::components::table::{cell, facts, foreign};
use crate::intl::now_ms;
use crate::load::{Load, load};
use crate::route::{Page, Route, escaped};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The page.
#[component]
pub(crate) fn KeyPage(
    /// The key's name.
    name: String,
) -> impl IntoView {
    let texts = use_texts();
    let path = ["keys/", &escaped(&name)].concat();
    let key: Load<Key> = load({
        let path = path.clone();
        move || path.clone()
    });
    let is_there = Memo::new(move |_| key.answer.with(|key| matches!(key, Some(Ok(_)))));
    let more = {
        let path = path.clone();
        // Of a key that there is not, nothing else is asked.
        move || {
            is_there.get().then(|| view! { <More name=name.clone() path=path.clone() key=key /> })
        }
    };
    view! {
        {shown(key, move |key: Key| about(key, texts))}
        <Changes key=key path=path />
        {more}
    }
    .into_any()
}

/// What happened with a key: its generations and its ledger.
#[component]
fn More(
    /// Its name.
    name: String,
    /// Its address.
    path: String,
    /// The key.
    key: Load<Key>,
) -> impl IntoView {
    let texts = use_texts();
    let generations: Load<AdminGenerationList> = load({
        let path = ["generations?limit=10&key=", &escaped(&name)].concat();
        move || path.clone()
    });
    let all = Route::to(Page::Generations).with("key", &name).href();
    view! {
        <div class="shown">
            <section>
                <h2>{texts.text(w::GENERATIONS)}</h2>
                {shown(
                    generations,
                    move |list: AdminGenerationList| {
                        view! {
                            <GenerationTable
                                generations=list.generations
                                empty=w::NO_GENERATIONS
                                of_one_key=true
                            />
                        }
                        .into_any()
                    },
                )}
                <p>
                    <a href=all>{texts.text(w::ALL_GENERATIONS)}</a>
                </p>
            </section>
            <Ledger path=path key=key />
        </div>
    }
    .into_any()
}

fn about(key: Key, texts: Texts) -> AnyView {
    let cap = |used: u64, cap: Option<u32>| match cap {
        None => cell(texts.number(used)),
        Some(cap) => {
            let values = [("used", texts.number(used)), ("cap", texts.number(cap))];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            cell(texts.fill(w::USED_OF, &values))
        }
    };
    let models = key
        .models
        .as_ref()
        .map_or_else(|| texts.text(w::ALL_MODELS).to_owned(), |models| models.join(", "));
    let mut rows = vec![
        (w::STANDING, key_rows::mark(&key, texts)),
        (w::KIND, cell(key_rows::kind(&key, texts))),
        (w::LABEL, foreign(key.label.clone())),
        (w::AVAILABLE, cell(texts.number(key.balance.available))),
        (w::HELD, cell(texts.number(key.balance.held))),
        (w::SPENT, cell(texts.number(key.balance.spent))),
        (w::GRANTED, cell(texts.number(key.balance.granted))),
        (w::USED_TODAY, cap(key.day_tokens, key.day_cap_tokens)),
        (w::USED_THIS_MONTH, cap(key.month_tokens, key.month_cap_tokens)),
        (w::MODELS, cell(models)),
        (w::MADE_AT, cell(texts.moment(key.created_at_ms))),
    ];
    if let Some(at_ms) = key.expires_at_ms {
        rows.push((w::EXPIRES, cell(texts.moment(at_ms))));
    }
    if let Some(at_ms) = key.old_key_until_ms {
        rows.push((w::OLD_KEY_UNTIL, cell(texts.moment(at_ms))));
    }
    if let Some(at_ms) = key.revoked_at_ms {
        rows.push((w::REVOKED_AT, cell(texts.moment(at_ms))));
    }
    if let Some(Pages { origins, visitor_budget, visitors_per_address, tokens_per_day }) =
        key.publishable
    {
        rows.push((w::ORIGINS, foreign(origins.join("\n"))));
        rows.push((w::VISITOR_BUDGET, cell(texts.number(visitor_budget))));
        rows.push((w::VISITORS_PER_ADDRESS, cell(texts.number(visitors_per_address))));
        rows.push((w::TOKENS_PER_DAY, cell(texts.number(tokens_per_day))));
    }
    facts(rows)
}

/// The actions. They are outside of what is reloaded after each change.
#[component]
fn Changes(
    /// The key.
    key: Load<Key>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    if !api.may_change() {
        return ().into_any();
    }
    let tokens = RwSignal::new(String::new());
    let grant = {
        let path = [&path, "/grants"].concat();
        change(move || {
            let (path, body) = (path.clone(), json!({ "tokens": whole(tokens) }));
            async move {
                key.put(api.change(Method::POST, &path, Some(&body)).await?);
                let _ = tokens.try_set(String::new());
                Ok(())
            }
        })
    };
    let revoke = {
        let path = path.clone();
        change(move || {
            let path = path.clone();
            async move {
                key.put(api.change(Method::DELETE, &path, None).await?);
                Ok(())
            }
        })
    };
    let known = move |is: fn(&Key) -> bool| {
        Memo::new(move |_| key.answer.with(|key| matches!(key, Some(Ok(key)) if is(key))))
    };
    let corrected = path.clone();
    let is_there = known(|_| true);
    let has_account = known(|key| key.kind == "secret" && key.is_good(now_ms()));
    let is_unrevoked = known(|key| key.revoked_at_ms.is_none());
    view! {
        <div class="buttons start">
            <Show when=move || has_account.get()>
                <Action label=w::GRANT about=w::GRANT_ABOUT primary=true change=grant>
                    <Field label=w::TOKENS value=tokens kind="number" min="1" required=true />
                </Action>
            </Show>
            {move || {
                is_there.get().then(|| view! { <KeyLimits key=key path=path.clone() /> })
            }}
            <Corrections key=key path=corrected has_account=has_account is_unrevoked=is_unrevoked />
            <Show when=move || is_unrevoked.get()>
                <Action label=w::REVOKE about=w::REVOKE_ABOUT danger=true change=revoke />
            </Show>
        </div>
    }
    .into_any()
}
