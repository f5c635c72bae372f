//! The APIs that providers speak, and what each kind is where the settings say nothing. From the
//! services' public documents, of November 2026. It must not know how any of them is spoken.

use std::fmt;

use serde::Deserialize;

/// Which API a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The documented AI-Now API: another gateway, or the public service.
    AiNow,
    /// Luma Dream Machine.
    Luma,
    /// Runway.
    Runway,
    /// fal's queue.
    Fal,
    /// Replicate.
    Replicate,
    /// A program on this machine.
    Command,
}

/// What a kind is where the settings say nothing.
pub(in crate::providers) struct Defaults {
    pub(in crate::providers) base_url: &'static str,
    pub(in crate::providers) key_env: &'static str,
    pub(in crate::providers) model: Option<&'static str>,
    pub(in crate::providers) prompt_field: &'static str,
    pub(in crate::providers) seed_field: &'static str,
    pub(in crate::providers) result: &'static [&'static str],
    pub(in crate::providers) prompt_max_units: usize,
    pub(in crate::providers) poll_ms: u64,
    pub(in crate::providers) repeat: u32,
}

impl Kind {
    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::AiNow => "ai-now",
            Self::Luma => "luma",
            Self::Runway => "runway",
            Self::Fal => "fal",
            Self::Replicate => "replicate",
            Self::Command => "command",
        }
    }

    /// What it is where the settings say nothing.
    pub(in crate::providers) fn defaults(self) -> Defaults {
        let plain = Defaults {
            base_url: "",
            key_env: "",
            model: None,
            prompt_field: "prompt",
            seed_field: "",
            result: &[],
            prompt_max_units: 0,
            poll_ms: 2000,
            repeat: 0,
        };
        match self {
            Self::AiNow => Defaults {
                base_url: "https://api.ai-now.space",
                // Without the dash's place: what begins with AI_NOW_ is a setting of the gateway.
                key_env: "AINOW_API_KEY",
                ..plain
            },
            Self::Luma => Defaults {
                base_url: "https://api.lumalabs.ai/dream-machine/v1",
                key_env: "LUMAAI_API_KEY",
                model: Some("ray-2"),
                result: &["/assets/video"],
                poll_ms: 3000,
                // "May fail during peak hours."
                repeat: 2,
                ..plain
            },
            Self::Runway => Defaults {
                base_url: "https://api.dev.runwayml.com",
                key_env: "RUNWAYML_API_SECRET",
                model: Some("gen4.5"),
                prompt_field: "promptText",
                seed_field: "seed",
                result: &["/output"],
                prompt_max_units: 1000,
                // "At most every five seconds", and a little more for a clock that is off.
                poll_ms: 5200,
                ..plain
            },
            Self::Fal => Defaults {
                base_url: "https://queue.fal.run",
                key_env: "FAL_KEY",
                seed_field: "seed",
                result: &[
                    "/video/url",
                    "/audio/url",
                    "/audio_file/url",
                    "/image/url",
                    "/images/0/url",
                ],
                ..plain
            },
            Self::Replicate => Defaults {
                base_url: "https://api.replicate.com/v1",
                key_env: "REPLICATE_API_TOKEN",
                result: &["/output"],
                ..plain
            },
            Self::Command => plain,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
