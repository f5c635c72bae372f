//! A gateway whose model `run` is made by a service, and by a stand-in after it.

use std::time::Duration;

use ai_now_gateway::config::Config;
use ai_now_gateway::config::ModelSettings;
use ai_now_gateway::providers::{Kind, ProviderSettings};
use ai_now_protocol::Event;
use ai_now_protocol::api::{Accepted, Generation};
use reqwest::Method;
use serde_json::{Value, json};

use super::upstream::{Speaks, Upstream};
use crate::support::{EventStream, Gateway, Place};

/// What the provider is called.
pub(crate) const UP: &str = "up";

/// What the gateway's key there is.
pub(crate) const SECRET: &str = "secret-of-the-provider";

/// A program that makes a film at once.
const STAND_IN: &str = "printf '\\0\\0\\0\\040ftypisom\\0\\0\\2\\0stand-in' > a.mp4; \
                        echo '{\"file\":\"a.mp4\",\"note\":\"the stand-in\"}'";

pub(crate) struct Fixture {
    pub(crate) place: Place,
    pub(crate) gateway: Gateway,
    pub(crate) upstream: Upstream,
    pub(crate) key: String,
}

impl Speaks {
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Luma => Kind::Luma,
            Self::Runway => Kind::Runway,
            Self::Fal => Kind::Fal,
            Self::Replicate => Kind::Replicate,
            Self::AiNow => Kind::AiNow,
        }
    }
}

/// A provider's settings, patient for as long as a test needs.
pub(crate) fn settings(speaks: Speaks, url: &str, place: &Place) -> ProviderSettings {
    let key = place.path("key");
    std::fs::write(&key, format!("{SECRET}\n")).unwrap();
    let asked_again = speaks != Speaks::AiNow;
    ProviderSettings {
        base_url: Some(url.to_owned()),
        key_file: Some(key),
        model: asked_again.then(|| "owner/model".to_owned()),
        allow_private: true,
        poll_ms: asked_again.then_some(5),
        retry_ms: 1,
        ..ProviderSettings::new(speaks.kind())
    }
}

/// Routes the model `run` to providers.
pub(crate) fn route(config: &mut Config, names: &[&str]) {
    let routes = Some(names.iter().map(ToString::to_string).collect());
    config.models = vec![ModelSettings { id: "run".into(), routes, ..ModelSettings::default() }];
}

/// A program in the shell's language, as a provider.
pub(crate) fn program(script: &str) -> ProviderSettings {
    ProviderSettings {
        program: Some("/bin/sh".into()),
        args: vec!["-c".into(), script.into()],
        ..ProviderSettings::new(Kind::Command)
    }
}

impl Fixture {
    /// A gateway that asks `upstream`, and nobody else.
    pub(crate) async fn alone(
        speaks: Speaks,
        upstream: Upstream,
        change: impl FnOnce(&mut ProviderSettings),
    ) -> Self {
        Self::start(speaks, upstream, &[UP], change).await
    }

    /// A gateway that asks `upstream`, and then a stand-in.
    pub(crate) async fn with_stand_in(
        speaks: Speaks,
        upstream: Upstream,
        change: impl FnOnce(&mut ProviderSettings),
    ) -> Self {
        Self::start(speaks, upstream, &[UP, "stand-in"], change).await
    }

    async fn start(
        speaks: Speaks,
        upstream: Upstream,
        names: &[&str],
        change: impl FnOnce(&mut ProviderSettings),
    ) -> Self {
        let mut place = Place::new();
        let mut provider = settings(speaks, &upstream.url, &place);
        change(&mut provider);
        place.config.providers.insert(UP.into(), provider);
        place.config.providers.insert("stand-in".into(), program(STAND_IN));
        route(&mut place.config, names);
        let key = place.key(1000).await;
        let gateway = place.start().await;
        Self { place, gateway, upstream, key }
    }

    /// Ends the gateway and starts another one on the same data.
    pub(crate) async fn restart(self) -> Self {
        let Self { place, gateway, upstream, key } = self;
        gateway.stop().await;
        let gateway = place.start().await;
        Self { place, gateway, upstream, key }
    }

    pub(crate) async fn ask(&self) -> Accepted {
        self.gateway.create(&self.key, &request()).await
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

    /// The bytes of a result.
    pub(crate) async fn result(&self, generation: &Generation) -> Vec<u8> {
        let url = generation.url.as_ref().unwrap().as_str();
        let response = crate::support::client().get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "video/mp4");
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
