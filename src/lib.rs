//! The AI-Now widget.
