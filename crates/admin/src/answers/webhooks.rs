//! Webhooks, and the messages to them.

answers! {
    /// An endpoint of webhooks.
    Webhook {
        /// Its name.
        name: String,
        /// Where messages are sent.
        url: String,
        /// Whether it is the operator's, and gets the events of all accounts.
        operator: bool,
        /// The kinds of events that it gets. Absent: all.
        events: Option<Vec<String>>,
        /// A balance below this many available tokens is low.
        balance_low_tokens: u32,
        /// When it was created.
        created_at_ms: u64,
        /// Since when no delivery has succeeded.
        failing_since_ms: Option<u64>,
        /// When it was given up.
        disabled_at_ms: Option<u64>,
        /// How many messages are pending.
        pending: u64,
    }

    /// The endpoints.
    WebhookList {
        /// In the order of their creation.
        webhooks: Vec<Webhook>,
    }

    /// An endpoint that was created.
    CreatedWebhook {
        /// The secret that signs its messages, shown only this time.
        secret: String,
        /// Its name.
        name: String,
    }

    /// A message to an endpoint, pending or finished.
    WebhookDelivery {
        /// Its number.
        id: i64,
        /// The message's id, by which its receiver recognises repetitions.
        message: String,
        /// The kind of its event.
        event: String,
        /// When the event happened.
        created_at_ms: u64,
        /// `pending`, `delivered` or `failed`.
        state: String,
        /// When the next attempt is due.
        next_try_ms: Option<u64>,
        /// Each attempt, in order.
        attempts: Vec<DeliveryAttempt>,
    }

    /// An attempt.
    DeliveryAttempt {
        /// When.
        at_ms: u64,
        /// How long it took.
        took_ms: u64,
        /// The status of the answer.
        status: Option<u32>,
        /// Why there was no answer.
        error: Option<String>,
    }

    /// A page of the messages to an endpoint.
    DeliveryPage {
        /// The newest first.
        deliveries: Vec<WebhookDelivery>,
        /// Where the next page begins.
        next: Option<String>,
    }
}
