// Bundles src/ into _site/ and puts the page beside it, where Qgoda would write it.
const path = require('path');

module.exports = {
    mode: 'development',
    devtool: false,
    entry: ['./src/index.html', './src/index.js'],
    output: {
        filename: 'assets/bundle.js',
        path: path.resolve(__dirname, '_site'),
    },
    module: {
        rules: [
            {
                test: /\.html$/,
                type: 'asset/resource',
                generator: { filename: '[name][ext]' },
            },
        ],
    },
};
