//! The open page, and its filter: the part after `#` in the address. So the browser's own back,
//! forward and reload work, and an address can be shared. No secret is ever part of it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters that need no escape in an address.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a part of an address.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// How it goes.
    Overview,
    /// The list of keys.
    Keys,
    /// One key, by its name.
    Key(String),
    /// The list of generations.
    Generations,
    /// One generation, by its id.
    Generation(String),
    /// Providers and models.
    Providers,
    /// What generations came to.
    Usage,
    /// Who changed what.
    Activity,
    /// The list of webhooks.
    Webhooks,
    /// One webhook, by its name.
    Webhook(String),
    /// The settings.
    Settings,
    /// None that there is.
    Unknown,
}

/// A page, and what it looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The page.
    pub page: Page,
    query: Vec<(String, String)>,
}

/// Where a list goes on. A change of what is looked for begins at its start again.
pub const BEFORE: &str = "before";

impl Route {
    /// A page, looking for nothing.
    pub fn to(page: Page) -> Self {
        Self { page, query: Vec::new() }
    }

    /// Parses the part of the address from `#` on.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<String> = path.split('/').map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let page = match parts[..] {
            ["" | "overview"] => Page::Overview,
            ["keys"] => Page::Keys,
            ["keys", name] if !name.is_empty() => Page::Key(name.to_owned()),
            ["generations"] => Page::Generations,
            ["generations", id] if !id.is_empty() => Page::Generation(id.to_owned()),
            ["providers"] => Page::Providers,
            ["usage"] => Page::Usage,
            ["activity"] => Page::Activity,
            ["webhooks"] => Page::Webhooks,
            ["webhooks", name] if !name.is_empty() => Page::Webhook(name.to_owned()),
            ["settings"] => Page::Settings,
            _ => Page::Unknown,
        };
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.filter(|(_, value)| !value.is_empty());
        let query = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
        Self { page, query }
    }

    /// The address, with its `#`.
    pub fn href(&self) -> String {
        let mut href = match &self.page {
            Page::Overview => "#/overview".to_owned(),
            Page::Keys => "#/keys".to_owned(),
            Page::Key(name) => format!("#/keys/{}", escaped(name)),
            Page::Generations => "#/generations".to_owned(),
            Page::Generation(id) => format!("#/generations/{}", escaped(id)),
            Page::Providers => "#/providers".to_owned(),
            Page::Usage => "#/usage".to_owned(),
            Page::Activity => "#/activity".to_owned(),
            Page::Webhooks => "#/webhooks".to_owned(),
            Page::Webhook(name) => format!("#/webhooks/{}", escaped(name)),
            Page::Settings => "#/settings".to_owned(),
            Page::Unknown => "#/".to_owned(),
        };
        href.push_str(&self.query());
        href
    }

    /// What it looks for, as a query of the API; empty, or with its `?`.
    pub fn query(&self) -> String {
        let mut query = String::new();
        for (name, value) in &self.query {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(&escaped(name));
            query.push('=');
            query.push_str(&escaped(value));
        }
        query
    }

    /// One of the things that it looks for; empty where it doesn't.
    pub fn get(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The same, looking for something else; an empty value looks for nothing. Anything but the place
    /// in a list leads to the list's start.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(known, _)| known != name && (name == BEFORE || known != BEFORE));
        if !value.is_empty() {
            self.query.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for page in [
            Page::Overview,
            Page::Keys,
            Page::Key("key-2deaxhuk".into()),
            Page::Generations,
            Page::Generation("a/b?c#d %".into()),
            Page::Providers,
            Page::Usage,
            Page::Activity,
            Page::Webhooks,
            Page::Webhook("wh-2deaxhuk".into()),
            Page::Settings,
        ] {
            let route = Route::to(page).with("text", "ein See & mehr=?").with("state", "failed");
            assert_eq!(Route::parse(&route.href()), route);
            assert_eq!(route.get("text"), "ein See & mehr=?");
        }
    }

    #[test]
    fn unknown_pages_are_recognised() {
        for hash in ["#/nothing", "#/keys/", "#/keys/a/b", "#/generations/", "#/webhooks/"] {
            assert_eq!(Route::parse(hash).page, Page::Unknown, "{hash}");
        }
        for hash in ["", "#", "#/", "#/overview"] {
            assert_eq!(Route::parse(hash).page, Page::Overview, "{hash}");
        }
    }

    #[test]
    fn looking_for_something_else_begins_at_the_start() {
        let second = Route::parse("#/generations?state=failed&before=7-x");
        assert_eq!(second.get(BEFORE), "7-x");
        assert_eq!(second.clone().with("state", "queued").query(), "?state=queued");
        assert_eq!(second.with(BEFORE, "").query(), "?state=failed");
    }
}
