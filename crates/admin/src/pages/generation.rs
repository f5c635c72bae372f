//! One generation: its request, its result, and its actions.

use ai_now_protocol::api::Generation;
use ai_now_protocol::media::MediaKind;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;

use super::attempts::{Attempts, Costs};
use super::generation_events::Events;
use super::generation_table::state;
use crate::answers::{GenerationDetails, Refunded};
use crate::api::{below_gateway, use_api};
use crate::components::action::{Action, change};
use crate::components::field::{Field, whole};
use crate::components::shown::shown;
use crate::components::table::{cell, facts, foreign, link};
use crate::load::{Load, load};
use crate::navigation::go;
use crate::route::{Page, Route, escaped};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The page.
#[component]
pub(crate) fn GenerationPage(
    /// The generation's id.
    id: String,
) -> impl IntoView {
    let texts = use_texts();
    let path = ["generations/", &escaped(&id)].concat();
    let generation: Load<GenerationDetails> = load({
        let path = path.clone();
        move || path.clone()
    });
    // The stream of events is opened once, whatever else of the generation changes.
    let events = Memo::new(move |_| {
        generation.answer.with(|found| match found {
            Some(Ok(found)) => below_gateway(&found.generation.events)
                .map(|url| url.split("?ticket=").next().map(str::to_owned)),
            _ => None,
        })
    });
    let stream = move || {
        events.get()?;
        let url = generation.answer.with_untracked(|found| match found {
            Some(Ok(found)) => below_gateway(&found.generation.events),
            _ => None,
        })?;
        Some(view! { <Events url=url generation=generation /> })
    };
    // The actions are above content that may be long, and outside of what is reloaded.
    let tries = Memo::new(move |_| {
        generation.answer.with(|found| match found {
            Some(Ok(found)) => (found.failed_attempts.clone(), found.costs.clone()),
            _ => (Vec::new(), Vec::new()),
        })
    });
    let tries = move || {
        let (attempts, costs) = tries.get();
        view! {
            {(!attempts.is_empty()).then(|| view! { <Attempts attempts=attempts /> })}
            {(!costs.is_empty()).then(|| view! { <Costs costs=costs /> })}
        }
    };
    view! {
        {shown(generation, move |found: GenerationDetails| about(found, texts))}
        <Changes generation=generation path=path />
        {tries}
        <section>
            <h2>{texts.text(w::EVENTS)}</h2>
            {stream}
        </section>
    }
    .into_any()
}

fn about(found: GenerationDetails, texts: Texts) -> AnyView {
    let GenerationDetails { key, visitor, provider, charged, generation, refunded, .. } = found;
    let costs = found.costs.iter().map(|cost| (cost.currency.as_str(), cost.micros));
    let costs = texts.sums(costs);
    let media = media(&generation, texts);
    let asked_by = texts.text(if visitor { w::BY_A_VISITOR } else { w::BY_THE_KEY });
    let mut rows = vec![
        (w::STATE, state(generation.state, texts)),
        (w::MODEL, cell(generation.model)),
        (w::KEY, link(Route::to(Page::Key(key.clone())).href(), key)),
        (w::ASKED_BY, cell(asked_by)),
        (w::PROVIDER, foreign(if provider.is_empty() { "–".to_owned() } else { provider })),
        (w::PRICE, cell(texts.number(generation.price))),
        (w::CHARGED, cell(texts.number(charged))),
        (w::COST, cell(costs)),
        (w::ACCEPTED_AT, cell(texts.moment(generation.created_at_ms))),
    ];
    if let Some(tokens) = refunded {
        rows.push((w::MOVEMENT_REFUND, cell(texts.number(tokens))));
    }
    if let Some(at_ms) = generation.finished_at_ms {
        rows.push((w::ENDED_AT, cell(texts.moment(at_ms))));
        let took_ms = at_ms.saturating_sub(generation.created_at_ms);
        rows.push((w::TOOK, cell(texts.secs(took_ms as f64 / 1000.0))));
    }
    if let Some(style) = generation.style {
        rows.push((w::STYLE, foreign(style)));
    }
    let options = generation.options.iter().map(|(name, value)| format!("{name}: {value}"));
    rows.push((w::OPTIONS, foreign(options.collect::<Vec<_>>().join("\n"))));
    if let Some(message) = generation.message {
        rows.push((w::WHY, foreign(texts.message(&message))));
    }
    if let Some(note) = generation.note {
        rows.push((w::NOTE, foreign(texts.message(&note))));
    }
    rows.push((w::ID, cell(generation.id)));
    view! {
        <blockquote class="prompt" dir="auto">
            {generation.prompt}
        </blockquote>
        {media}
        {facts(rows)}
    }
    .into_any()
}

/// The result, to be looked at or listened to.
fn media(generation: &Generation, texts: Texts) -> Option<AnyView> {
    let url = generation.url.as_ref()?;
    let address = below_gateway(url.as_str())?;
    let label = texts.text(w::RESULT);
    let player = match url.format()?.kind() {
        MediaKind::Audio => {
            view! { <audio controls preload="metadata" src=address aria-label=label></audio> }
                .into_any()
        }
        MediaKind::Video => {
            view! { <video controls preload="metadata" src=address aria-label=label></video> }
                .into_any()
        }
        MediaKind::Picture => {
            view! { <img src=address alt=generation.prompt.clone() /> }.into_any()
        }
    };
    Some(view! { <div class="media">{player}</div> }.into_any())
}

/// The actions. They are outside of what is reloaded.
#[component]
fn Changes(
    /// The generation.
    generation: Load<GenerationDetails>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    if !api.may_change() {
        return ().into_any();
    }
    let (refunded, repeated) = (path.clone(), path.clone());
    let has_ended = Memo::new(move |_| {
        generation
            .answer
            .with(|found| matches!(found, Some(Ok(found)) if found.generation.state.is_final()))
    });
    let is_charged = Memo::new(move |_| {
        generation.answer.with(
            |found| matches!(found, Some(Ok(found)) if found.charged > 0 && found.refunded.is_none()),
        )
    });
    let is_under_way = Memo::new(move |_| {
        generation
            .answer
            .with(|found| matches!(found, Some(Ok(found)) if !found.generation.state.is_final()))
    });
    view! {
        <div class="buttons start">
            {move || is_under_way.get().then(|| view! { <Cancel generation path=path.clone() /> })}
            {move || has_ended.get().then(|| view! { <RunAgain path=repeated.clone() /> })}
            {move || is_charged.get().then(|| view! { <Refund generation path=refunded.clone() /> })}
        </div>
    }
    .into_any()
}

/// Ends it.
#[component]
fn Cancel(
    /// The generation.
    generation: Load<GenerationDetails>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    let cancel = change(move || {
        let path = path.clone();
        async move {
            generation.put(api.change(Method::DELETE, &path, None).await?);
            Ok(())
        }
    });
    view! { <Action label=w::CANCEL_GENERATION about=w::CANCEL_ABOUT danger=true change=cancel /> }
        .into_any()
}

/// Makes the same once more.
#[component]
fn RunAgain(
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    let again = change(move || {
        let path = [&path, "/again"].concat();
        async move {
            let made: GenerationDetails = api.change(Method::POST, &path, None).await?;
            go(&Route::to(Page::Generation(made.generation.id)));
            Ok(())
        }
    });
    view! { <Action label=w::RUN_AGAIN about=w::RUN_AGAIN_ABOUT change=again /> }.into_any()
}

/// Gives tokens back.
#[component]
fn Refund(
    /// The generation.
    generation: Load<GenerationDetails>,
    /// Its address.
    path: String,
) -> impl IntoView {
    let api = use_api();
    let [tokens, reason] = [(), ()].map(|()| RwSignal::new(String::new()));
    let refund = change(move || {
        let path = [&path, "/refund"].concat();
        let body = json!({ "tokens": whole(tokens), "reason": reason.get_untracked().trim() });
        async move {
            let _: Refunded = api.change(Method::POST, &path, Some(&body)).await?;
            let _ = (tokens.try_set(String::new()), reason.try_set(String::new()));
            generation.again();
            Ok(())
        }
    });
    view! {
        <Action label=w::REFUND about=w::REFUND_ABOUT change=refund>
            <Field label=w::TOKENS value=tokens hint=w::REFUND_HINT kind="number" min="1" />
            <Field label=w::WHY value=reason hint=w::REASON_HINT max_chars="500" required=true />
        </Action>
    }
    .into_any()
}
