// The good portal keeps what belongs to the server on the server.
export const server = {};
