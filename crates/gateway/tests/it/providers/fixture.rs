//! A gateway whose model `run` is made by a service, and by a stand-in after it.

use std::time::Duration;

use ai_now_gateway::config::{Config, ModelSettings};
use ai_now_gateway::providers::ProviderSettings;
use ai_now_protocol::api::{Accepted, Generation};
use ai_now_protocol::{Event, MediaKind};
use reqwest::Method;
use serde_json::{Value, json};

use super::upstream::{Speaks, Upstream};
use crate::support::{EventStream, Gateway, Place};

/// What the provider is called.
pub(crate) const UP: &str = "up";

/// What the gateway's key there is.
pub(crate) const SECRET: &str = "secret-of-the-provider";

/// A program that makes a film at once.
pub(crate) const STAND_IN: &str = concat!(
    "cp ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/files/film.mp4 a.mp4; echo '{\"file\":\"a.mp4\",\"note\":\"the stand-in\"}'"
);

/// One that makes a song.
const SONG_STAND_IN: &str = concat!(
    "cp ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/files/song.mp3 a.mp3; echo '{\"file\":\"a.mp3\",\"note\":\"the stand-in\"}'"
);

pub(crate) struct Fixture {
    pub(crate) speaks: Speaks,
    pub(crate) place: Place,
    pub(crate) gateway: Gateway,
    pub(crate) upstream: Upstream,
    pub(crate) key: String,
}

/// A provider's settings, patient for as long as a test needs. `more` are further lines of TOML.
pub(crate) fn settings(speaks: Speaks, url: &str, place: &Place, more: &str) -> ProviderSettings {
    let key = place.path("key");
    std::fs::write(&key, format!("{SECRET}\n")).unwrap();
    let (kind, own) = (speaks.api().kind(), speaks.api().settings());
    let key = key.display();
    let toml = format!(
        "kind = '{kind}'\nbase_url = '{url}'\nkey_file = '{key}'\nallow_private = true\n\
         retry_ms = 1\n{own}{more}"
    );
    toml::from_str(&toml).unwrap()
}

/// Routes the model `run` to providers. `kind`: what it makes.
pub(crate) fn route(config: &mut Config, names: &[&str], kind: MediaKind) {
    let routes = Some(names.iter().map(ToString::to_string).collect());
    config.models = vec![ModelSettings {
        id: "run".into(),
        routes,
        kind: Some(kind),
        ..ModelSettings::default()
    }];
}

/// A program in the shell's language, as a provider.
pub(crate) fn program(script: &str) -> ProviderSettings {
    program_with(script, &[], "")
}

/// One with arguments, `$0` the first of them, and further settings.
pub(crate) fn program_with(script: &str, args: &[&str], more: &str) -> ProviderSettings {
    let args: Vec<_> = ["-c", script].iter().chain(args).copied().collect();
    let args = toml::Value::from(args);
    let toml = format!("kind = 'command'\nprogram = '/bin/sh'\nargs = {args}\n{more}");
    toml::from_str(&toml).unwrap()
}

impl Fixture {
    /// A gateway whose only provider is `upstream`.
    pub(crate) async fn alone(speaks: Speaks, upstream: Upstream, more: &str) -> Self {
        Self::start(speaks, upstream, &[UP], more, |_| {}).await
    }

    /// A gateway whose only provider is `upstream`, with other settings.
    pub(crate) async fn alone_changed(
        speaks: Speaks,
        upstream: Upstream,
        more: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        Self::start(speaks, upstream, &[UP], more, change).await
    }

    /// A gateway that asks `upstream`, and then a stand-in.
    pub(crate) async fn with_stand_in(speaks: Speaks, upstream: Upstream, more: &str) -> Self {
        Self::start(speaks, upstream, &[UP, "stand-in"], more, |_| {}).await
    }

    async fn start(
        speaks: Speaks,
        upstream: Upstream,
        names: &[&str],
        more: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut place = Place::new();
        place.config.metrics_listen = "127.0.0.1:0".parse().ok();
        let provider = settings(speaks, &upstream.url, &place, more);
        place.config.providers.insert(UP.into(), provider);
        let is_song = speaks.api().media() == MediaKind::Audio;
        let stand_in = if is_song { SONG_STAND_IN } else { STAND_IN };
        place.config.providers.insert("stand-in".into(), program(stand_in));
        route(&mut place.config, names, speaks.api().media());
        change(&mut place.config);
        let key = place.key(1000).await;
        let gateway = place.start().await;
        Self { speaks, place, gateway, upstream, key }
    }

    /// Ends the gateway and starts another one on the same data.
    pub(crate) async fn restart(self) -> Self {
        let Self { speaks, place, gateway, upstream, key } = self;
        gateway.stop().await;
        let gateway = place.start().await;
        Self { speaks, place, gateway, upstream, key }
    }

    pub(crate) async fn ask(&self) -> Accepted {
        self.gateway.create(&self.key, &self.request()).await
    }

    /// A request with a style, as a page sends it; with a seed, where one is offered.
    pub(crate) fn request(&self) -> Value {
        let mut request = request();
        if !self.speaks.api().takes_seed() {
            request.as_object_mut().unwrap().remove("options");
        }
        request
    }

    pub(crate) async fn stream(&self, accepted: &Accepted) -> EventStream {
        let asked = self.gateway.ask(Method::GET, &accepted.events);
        EventStream::new(asked.send().await.unwrap())
    }

    /// Waits for its end, and returns what it is then.
    pub(crate) async fn end(&self, accepted: &Accepted) -> Generation {
        self.gateway.follow(&accepted.events).await;
        self.gateway.show(&self.key, &accepted.id).await
    }

    /// Asks for one and waits for its end.
    pub(crate) async fn make(&self) -> Generation {
        self.end(&self.ask().await).await
    }

    /// What the gateway's metrics say.
    pub(crate) async fn metrics(&self) -> String {
        let url = self.gateway.metrics.as_ref().unwrap();
        crate::support::client().get(url).send().await.unwrap().text().await.unwrap()
    }

    /// The bytes of a result.
    pub(crate) async fn result(&self, generation: &Generation) -> Vec<u8> {
        let url = generation.url.as_ref().unwrap().as_str();
        let response = crate::support::client().get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], self.speaks.content_type());
        response.bytes().await.unwrap().to_vec()
    }

    /// Ends it all, and proves that each token and result is where it should be.
    pub(crate) async fn finish(self, spent: u64) {
        let balance = self.gateway.balance(&self.key).await;
        assert_eq!((balance.spent, balance.held), (spent, 0));
        self.gateway.stop().await;
        self.place.assert_sound().await;
        let store = self.place.store().await;
        assert_eq!(store.abandoned_provider_jobs().await.unwrap(), []);
        store.close().await;
    }
}

/// A request with a style, as a page sends it.
pub(crate) fn request() -> Value {
    json!({"model": "run", "prompt": "A lake", "style": "pixel_art", "options": {"seed": 7}})
}

/// Waits for an event.
pub(crate) async fn wait_for(stream: &mut EventStream, what: impl Fn(&Event) -> bool) -> Event {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), stream.next());
        let (_, event) = next.await.unwrap().expect("the stream ended before it");
        if what(&event) {
            return event;
        }
        assert!(!event.is_last(), "{event:?}");
    }
}
