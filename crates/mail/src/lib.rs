//! Mails rendered as text and HTML per locale, handed to SES v2.
