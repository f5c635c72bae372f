//! The one table of codes: what a refusal, a failure, a step or a note says, for programs.
//!
//! A code is stable, its English sentence is not. Whoever shows a message to a person writes its own
//! sentence for the code and its parameters, in that person's language; a code that it doesn't know
//! is shown with the English text that came along. It must not know any sentence.

use crate::scalar::{Scalar, Scalars, Text};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal [$($param:literal),*];)*) => {
        /// What a message says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The code of that name on the wire. `None`: a newer one, or none at all.
            pub fn of(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The names of the parameters that come with it.
            pub const fn params(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($param),*],)*
                }
            }
        }
    };
}

codes! {
    // What a request can be refused for.

    /// No model was named.
    NoModel = "no_model" ["known"];
    /// No model has this id.
    UnknownModel = "unknown_model" ["asked", "known"];
    /// The prompt has nothing in it that can be seen.
    EmptyPrompt = "empty_prompt" [];
    /// The prompt is longer than the model takes.
    PromptTooLong = "prompt_too_long" ["chars", "max_chars"];
    /// The model takes no style.
    NoStyles = "no_styles" ["model"];
    /// The model has no such style.
    UnknownStyle = "unknown_style" ["asked", "model", "known"];
    /// The model has no such option.
    UnknownOption = "unknown_option" ["asked", "model", "known"];
    /// The option can't have this value.
    InvalidOption = "invalid_option" ["option", "allowed"];
    /// A field or parameter of the request can't have this value.
    InvalidParameter = "invalid_parameter" ["name", "allowed"];
    /// No key or session was sent.
    MissingKey = "missing_key" [];
    /// The `Authorization` header is not a Bearer token.
    MalformedAuthorization = "malformed_authorization" [];
    /// The key or session is not valid (any more).
    InvalidKey = "invalid_key" [];
    /// The ticket of an event stream is not valid any more.
    TicketExpired = "ticket_expired" [];
    /// A publishable key only opens sessions.
    PublishableKey = "publishable_key" [];
    /// Only a secret key may do this.
    SecretKeyRequired = "secret_key_required" [];
    /// Only an administrator's key opens this.
    AdminKeyRequired = "admin_key_required" [];
    /// The administrator may look, and change nothing.
    AdminRoleRequired = "admin_role_required" [];
    /// There is no key of this name, or it is not good for this.
    NoSuchKey = "no_such_key" [];
    /// The publishable key or session is for pages of other origins.
    OriginNotAllowed = "origin_not_allowed" [];
    /// Too few tokens are available.
    TooFewTokens = "too_few_tokens" ["price", "available"];
    /// The visitor has spent more than this budget already.
    BudgetBelowSpent = "budget_below_spent" [];
    /// The `Idempotency-Key` header is malformed.
    InvalidIdempotencyKey = "invalid_idempotency_key" [];
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused" [];
    /// Too many requests from one address.
    TooManyRequests = "too_many_requests" [];
    /// Too many event streams are open.
    TooManyStreams = "too_many_streams" [];
    /// Too many generations of one owner are under way.
    TooManyGenerations = "too_many_generations" [];
    /// Too many visitors came from one network today.
    TooManyVisitors = "too_many_visitors" [];
    /// What may be spent in a day is used up.
    DayUsedUp = "day_used_up" [];
    /// There is no provider of this name.
    NoSuchProvider = "no_such_provider" [];
    /// What may be spent in a month is used up.
    MonthUsedUp = "month_used_up" [];
    /// The key is not for this model.
    ModelNotAllowed = "model_not_allowed" ["model"];
    /// Too many generations of all owners are under way.
    QueueFull = "queue_full" [];
    /// The gateway is about to end or to start.
    Restarting = "restarting" [];
    /// The gateway has no room for another connection, file or stream just now.
    Overloaded = "overloaded" [];
    /// The records can't be read or written just now.
    StoreUnavailable = "store_unavailable" [];
    /// A fault of the gateway's own.
    Internal = "internal" [];
    /// There is nothing at this address.
    NoSuchRoute = "no_such_route" [];
    /// There is no such generation, or it is somebody else's.
    NoSuchGeneration = "no_such_generation" [];
    /// There is no such file (any more).
    NoSuchFile = "no_such_file" [];
    /// There is no such upload (any more), or it is somebody else's.
    NoSuchUpload = "no_such_upload" [];
    /// There are too many uploads of one owner, or too large ones together.
    TooManyUploads = "too_many_uploads" [];
    /// The uploaded file is not a picture that can be used.
    UnsupportedPicture = "unsupported_picture" ["allowed"];
    /// The address doesn't take that method.
    MethodNotAllowed = "method_not_allowed" [];
    /// The body is not JSON by its content type.
    UnsupportedContentType = "unsupported_content_type" [];
    /// The body is too large.
    BodyTooLarge = "body_too_large" ["max_bytes"];
    /// The body was cut off.
    BodyIncomplete = "body_incomplete" [];
    /// The body did not arrive in time.
    BodyTimeout = "body_timeout" [];
    /// The body is not valid JSON, or a field is of the wrong type.
    InvalidBody = "invalid_body" ["line", "column"];
    /// The request can't be understood.
    InvalidRequest = "invalid_request" [];
    /// The headers are too large.
    HeadersTooLarge = "headers_too_large" [];
    /// The address is too long.
    AddressTooLong = "address_too_long" [];
    /// The file has no such range.
    RangeNotSatisfiable = "range_not_satisfiable" [];

    // Why a generation ended without a result.

    /// It was cancelled on request.
    Cancelled = "cancelled" [];
    /// It was cancelled on request, after its provider had taken it.
    CancelledCharged = "cancelled_charged" ["tokens"];
    /// The provider's content policy refused the prompt or the result.
    ContentPolicy = "content_policy" [];
    /// The provider can't use the prompt or an option.
    ProviderInput = "provider_input" [];
    /// The provider failed.
    ProviderFailed = "provider_failed" [];
    /// The provider can't be used just now.
    ProviderUnavailable = "provider_unavailable" [];
    /// The provider took longer than it may.
    ProviderTimeout = "provider_timeout" [];
    /// What the provider sent is not a file of the kind that was asked for.
    InvalidResult = "invalid_result" [];
    /// The result could not be stored.
    ResultNotStored = "result_not_stored" [];
    /// Nobody makes this model any more.
    ModelWithdrawn = "model_withdrawn" [];

    // What is being done.

    /// It begins.
    Starting = "starting" [];
    /// The words are read.
    Reading = "reading" [];
    /// The instruments play.
    Playing = "playing" [];
    /// The pictures are drawn.
    Drawing = "drawing" [];
    /// The file is written.
    Encoding = "encoding" [];
    /// The provider has taken it and has not begun.
    Waiting = "waiting" [];
    /// The provider makes it.
    Generating = "generating" [];
    /// The result is copied from the provider.
    Fetching = "fetching" [];
    /// Another provider is tried.
    TryingAnotherProvider = "trying_another_provider" [];

    // What is to be known about a model or a result.

    /// The model may fail during peak hours.
    PeakHours = "peak_hours" [];
    /// The model's results are procedural sketches.
    ProceduralModel = "procedural_model" [];
    /// The result is a procedural sketch; what it follows is listed.
    ProceduralSketch = "procedural_sketch" ["facts"];
    /// The model's provider is busy; nobody can say for how long.
    ProviderBusy = "provider_busy" ["model"];
    /// The model's provider is busy for about so long.
    ProviderBusyFor = "provider_busy_for" ["model", "minutes"];
    /// The model's provider does not answer; it is tried again after so long.
    ProviderDown = "provider_down" ["model", "minutes"];
    /// The model's provider does not answer; another one makes it meanwhile.
    ProviderReplaced = "provider_replaced" ["model"];
    /// The model's provider does not answer; procedural sketches stand in for it meanwhile.
    SketchStandsIn = "sketch_stands_in" ["model"];
}

/// One of the codes that there are, or a newer one.
#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
        let codes = Self::ALL.iter().map(|code| code.as_str());
        let known = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
        let newer = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A newer code: show the English sentence that came along."));
        AnyOfBuilder::new()
            .description(Some(
                "What a message says, for programs. Codes are stable; more may come.",
            ))
            .item(known)
            .item(newer)
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Code {}

/// A sentence for people, with the code that says the same to a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Message {
    /// A stable code, one of [`Code::ALL`] or a newer one. Empty: there is only the text.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Code, required = false))]
    pub code: Text,
    /// What the sentence names, by name.
    #[serde(default, skip_serializing_if = "Scalars::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, crate::Scalar>, required = false))]
    pub params: Scalars,
    /// The sentence, in English.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub text: Text,
}

impl Message {
    /// A message of this code, without parameters.
    pub fn new(code: Code, text: impl Into<Text>) -> Self {
        Self { code: code.as_str().into(), params: Scalars::new(), text: text.into() }
    }

    /// A message of this code in a constant.
    pub const fn constant(code: Code, text: &'static str) -> Self {
        Self {
            code: Text::Borrowed(code.as_str()),
            params: Scalars::new(),
            text: Text::Borrowed(text),
        }
    }

    /// A message that is only its text: somebody else's words.
    pub fn text(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With one more parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Scalar>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }

    /// Whether it says this.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }

    /// Whether its code is one of the table's and its parameters are just those that the table names.
    pub fn is_in_table(&self) -> bool {
        let Some(code) = Code::of(&self.code) else { return false };
        self.params.len() == code.params().len()
            && code.params().iter().all(|name| self.params.contains_key(*name))
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty() && self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_code_stands_twice() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text}");
            assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{text}");
            assert_eq!(Code::of(text), Some(*code));
        }
    }

    #[test]
    fn a_message_is_read_as_it_is_written() {
        let message = Message::new(Code::TooFewTokens, "Too few.")
            .with("price", 10u32)
            .with("available", 3u32);
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(
            json,
            r#"{"code":"too_few_tokens","params":{"available":3,"price":10},"text":"Too few."}"#
        );
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        assert!(message.is(Code::TooFewTokens) && !message.is(Code::Internal));
        assert_eq!(Code::of("newer"), None);
    }

    #[test]
    fn parameters_are_those_of_the_table_and_no_others() {
        let price = Message::new(Code::TooFewTokens, "").with("price", 10u32);
        assert!(!price.is_in_table());
        let both = price.with("available", 3u32);
        assert!(both.is_in_table());
        assert!(!both.with("more", 1u32).is_in_table());
        assert!(Message::new(Code::Internal, "").is_in_table());
        assert!(!Message::new(Code::Internal, "").with("why", "x").is_in_table());
        assert!(!Message::text("somebody else's").is_in_table());
    }
}
