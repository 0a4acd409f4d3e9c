// parse_scripts.mjs MODULES FILE... : each file, and whether tree-sitter's grammar for PowerShell takes all of it.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...files] = process.argv.slice(2);
const { Parser, Language } = await import(pathToFileURL(path.join(modules, 'web-tree-sitter/web-tree-sitter.js')).href);

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(path.join(modules, 'tree-sitter-powershell/tree-sitter-powershell.wasm')));
for (const file of files) {
    const { rootNode } = parser.parse(fs.readFileSync(file, 'ascii'));
    const faults = rootNode.descendantsOfType('ERROR').map((node) => node.startPosition.row + 1);
    console.log(`${file}: ${rootNode.hasError ? `fails at lines ${faults.join(', ')}` : 'parses'}`);
}
