//! The ports of rollcall-accounts on one DynamoDB table.
