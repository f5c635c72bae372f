//! The page's frame: the administrator, the open page, and the navigation.

use leptos::html;
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::answers::AdminSelf;
use crate::api::{Api, use_api};
use crate::components::status::{Status, StatusLine, use_status};
use crate::pages::{self, sign_in::SignIn};
use crate::route::{Page, Route};
use crate::texts::{Texts, use_texts};
use crate::words::{self as w, Word};

/// The pages that the navigation leads to.
static PAGES: [(Page, Word); 8] = [
    (Page::Overview, w::OVERVIEW),
    (Page::Keys, w::KEYS),
    (Page::Generations, w::GENERATIONS),
    (Page::Providers, w::PROVIDERS),
    (Page::Usage, w::USAGE),
    (Page::Activity, w::ACTIVITY),
    (Page::Webhooks, w::WEBHOOKS),
    (Page::Settings, w::SETTINGS),
];

/// Starts the page.
pub fn start() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let api = Api::new();
    let texts = Texts::of_reader();
    let route = RwSignal::new(current());
    provide_context(api);
    provide_context(texts);
    provide_context(route);
    provide_context(Status::new());
    spawn_local(texts.load_codes());
    spawn_local(api.begin());
    if let Some(root) = document().document_element() {
        // Both are attributes that every element takes.
        let _ = root.set_attribute("lang", texts.tag());
        let _ = root.set_attribute("dir", texts.direction());
    }
    let listener = window_event_listener(leptos::ev::hashchange, move |_| route.set(current()));
    on_cleanup(move || listener.remove());
    move || match api.who() {
        None if !api.is_known() => ().into_any(),
        None => view! { <SignIn /> }.into_any(),
        Some(who) => view! { <Frame who=who /> }.into_any(),
    }
}

fn current() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// The name of each page.
fn heading(page: &Page, texts: Texts) -> String {
    match page {
        Page::Key(name) | Page::Webhook(name) => name.clone(),
        Page::Generation(_) => texts.text(w::GENERATION).to_owned(),
        Page::Unknown => texts.text(w::NO_SUCH_PAGE).to_owned(),
        page => {
            let named = PAGES.iter().find(|(known, _)| known == page);
            named.map_or_else(String::new, |(_, word)| texts.text(*word).to_owned())
        }
    }
}

/// The page that the navigation marks.
fn section(page: &Page) -> &Page {
    match page {
        Page::Key(_) => &Page::Keys,
        Page::Generation(_) => &Page::Generations,
        Page::Webhook(_) => &Page::Webhooks,
        page => page,
    }
}

#[component]
fn Frame(
    /// The administrator who is signed in.
    who: AdminSelf,
) -> impl IntoView {
    let texts = use_texts();
    let status = use_status();
    let route = expect_context::<RwSignal<Route>>();
    let page = Memo::new(move |_| route.with(|route| route.page.clone()));
    let title = NodeRef::<html::H1>::new();
    // Another page begins at its top, and screen readers announce it.
    Effect::new(move |before: Option<Page>| {
        let page = page.get();
        document().set_title(&[&heading(&page, texts), " · ", texts.text(w::TITLE)].concat());
        if before.is_some_and(|before| before != page)
            && let Some(title) = title.get_untracked()
        {
            status.report("");
            // It only fails for elements that are not HTML.
            let _ = title.focus();
        }
        page
    });
    let main = NodeRef::<html::Main>::new();
    let skip = move |_| {
        if let Some(main) = main.get_untracked() {
            // As above.
            let _ = main.focus();
        }
    };
    view! {
        <div class="frame">
            <button type="button" class="skip" on:click=skip>
                {texts.text(w::SKIP)}
            </button>
            <Header who=who />
            <Navigation page=page />
            <main node_ref=main tabindex="-1">
                <h1 node_ref=title tabindex="-1">
                    {move || heading(&page.get(), texts)}
                </h1>
                <StatusLine />
                {move || pages::view(page.get())}
            </main>
        </div>
    }
    .into_any()
}

/// Who is signed in, and the way out.
#[component]
fn Header(
    /// The administrator who is signed in.
    who: AdminSelf,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let status = use_status();
    let sign_out = move |_| {
        spawn_local(async move {
            if let Err(error) = api.sign_out().await {
                status.warn(texts.error(&error));
            }
        });
    };
    let role = if api.may_change() { w::ROLE_ADMIN } else { w::ROLE_VIEWER };
    view! {
        <header>
            <p class="brand">{texts.text(w::TITLE)}</p>
            <p class="who">
                <bdi>{who.name}</bdi>
                " · "
                <span>{texts.text(role)}</span>
            </p>
            <button type="button" on:click=sign_out>
                {texts.text(w::SIGN_OUT)}
            </button>
        </header>
    }
    .into_any()
}

#[component]
fn Navigation(
    /// The page that is open.
    page: Memo<Page>,
) -> impl IntoView {
    let texts = use_texts();
    let link = |(target, word): &'static (Page, Word)| {
        let href = Route::to(target.clone()).href();
        let current = move || page.with(|page| section(page) == target).then_some("page");
        view! {
            <li>
                <a href=href aria-current=current>
                    {texts.text(*word)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="pages" aria-label=texts.text(w::NAVIGATION)>
            <ul>{PAGES.iter().map(link).collect_view()}</ul>
        </nav>
    }
    .into_any()
}
