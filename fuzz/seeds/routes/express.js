const express = require('express');
const app = express();
const users = express.Router();
users.route('/:id').get(list).post(requireAuth, (req, res) => res.json({}));
app.use('/api', users);
module.exports = app;
