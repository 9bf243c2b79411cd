// Made for browsers: whoever opens the map may read all of it.
export const config = {
  mapboxToken: "{{mapbox-public-token}}",
  clerkPublishableKey: "{{clerk-publishable-key}}",
};
