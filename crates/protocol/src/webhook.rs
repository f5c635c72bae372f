//! The kinds of webhook events, by name. It must not know the endpoints, or the messages.

/// What can happen. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WebhookKind {
    /// A generation has a result.
    GenerationCompleted,
    /// A generation failed.
    GenerationFailed,
    /// A generation was cancelled.
    GenerationCancelled,
    /// An account has few tokens left.
    BalanceLow,
    /// A key has reached its daily or monthly cap.
    CapReached,
    /// A provider's circuit breaker has opened.
    ProviderDown,
    /// A provider answers again.
    ProviderUp,
}

impl WebhookKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::GenerationCompleted,
        Self::GenerationFailed,
        Self::GenerationCancelled,
        Self::BalanceLow,
        Self::CapReached,
        Self::ProviderDown,
        Self::ProviderUp,
    ];

    /// Its name, as it is sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GenerationCompleted => "generation.completed",
            Self::GenerationFailed => "generation.failed",
            Self::GenerationCancelled => "generation.cancelled",
            Self::BalanceLow => "balance.low",
            Self::CapReached => "cap.reached",
            Self::ProviderDown => "provider.down",
            Self::ProviderUp => "provider.up",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is about an account, whose owner may receive it, and not only for the operator.
    pub fn is_of_account(self) -> bool {
        !matches!(self, Self::ProviderDown | Self::ProviderUp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_their_names() {
        for kind in WebhookKind::ALL {
            assert_eq!(WebhookKind::named(kind.name()), Some(kind));
        }
        assert_eq!(WebhookKind::named("generation"), None);
        assert!(WebhookKind::CapReached.is_of_account());
        assert!(!WebhookKind::ProviderUp.is_of_account());
    }
}
