// Made for browsers: whoever opens the page may read all of it.
export const config = {
  supabaseUrl: "{{supabase-url}}",
  supabaseAnonKey: "{{supabase-anon-key}}",
};
