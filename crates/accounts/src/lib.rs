//! Users, roles, invitations, imports, sessions: types, state machines, use cases and their ports.
