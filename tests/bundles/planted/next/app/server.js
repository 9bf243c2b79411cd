// Answers questions about records.
export const server = {
  openai: { apiKey: "{{openai-api-key}}", dangerouslyAllowBrowser: true },
  anthropic: "{{anthropic-api-key}}",
  gemini: "{{gemini-api-key}}",
  groq: "{{groq-api-key}}",
  huggingFace: "{{hugging-face-token}}",
  replicate: "{{replicate-api-token}}",
  xai: "{{xai-api-key}}",
  openrouter: "{{openrouter-api-key}}",
  perplexity: "{{perplexity-api-key}}",
  deepseekApiKey: "{{deepseek-api-key}}",
  elevenlabsApiKey: "{{elevenlabs-api-key}}",
  together: "{{together-api-key}}",
  pinecone: "{{pinecone-api-key}}",
  langsmith: "{{langsmith-api-key}}",
  langfuse: { publicKey: "pk-lf", secretKey: "{{langfuse-secret-key}}" },
};
