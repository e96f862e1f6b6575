import { DOC_EXPLORER_PLUGIN, DocExplorerContextProvider } from '@graphiql/plugin-doc-explorer';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN, HistoryContextProvider } from '@graphiql/plugin-history';
import {
  EditorContext, ToolbarButton, UnStyledButton, useEditorContext, usePluginStore, type GraphiQLPlugin, type TabsState,
} from '@graphiql/react';
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { GraphiQL, GraphiQLInterface, GraphiQLProvider } from 'graphiql';
import { useEffect, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { parseExample, prettify, questionOf, shareLink, type Example } from './examples';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './playground.css';

const files = import.meta.glob<string>('../../graph/examples/*.md', { eager: true, query: '?raw', import: 'default' });
const examples = Object.keys(files).sort().map(name => parseExample(files[name]!));

const send = createGraphiQLFetcher({ url: '/graphql' });

/** For a moment after a change of tabs GraphiQL still names the operation of the other tab. */
const fetcher: Fetcher = ({ operationName, ...rest }, options) =>
  send(operationName && rest.query.includes(operationName) ? { ...rest, operationName } : rest, options);

/** GraphiQL keeps a visitor's tabs, so the examples are tabs on a first visit only. This list is the way back to them. */
const examplesPlugin: GraphiQLPlugin = { title: 'Examples', icon: QuestionIcon, content: Examples };
const wide = matchMedia('(width >= 700px)'); // the stylesheet's other layout
const plugins = [DOC_EXPLORER_PLUGIN, examplesPlugin, explorerPlugin(), HISTORY_PLUGIN];

function Examples() {
  const { tabs, activeTabIndex, addTab, changeTab, queryEditor, variableEditor } = useEditorContext({ nonNull: true });
  const { setVisiblePlugin } = usePluginStore();
  const open = ({ query, variables }: Example) => {
    if (!wide.matches) setVisiblePlugin(null); // there the list covers what it opens
    const index = tabs.findIndex(tab => tab.query === query);
    if (index >= 0) return changeTab(index);
    flushSync(addTab); // fills the editors of the new tab, so it must be done before they are filled here
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables ?? '');
  };
  return (
    <section className="examples">
      <h2>Examples</h2>
      <ul>
        {examples.map(example => (
          <li key={example.title}>
            <UnStyledButton onClick={() => open(example)} aria-current={tabs[activeTabIndex]?.query === example.query || undefined}>
              {example.title}
            </UnStyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** GraphiQL names a tab by its operation. Here a question names it: the comment that its query begins with. */
function TabsNamedByQuestion({ children }: { children: ReactNode }) {
  const editor = useEditorContext({ nonNull: true });
  const { queryEditor, activeTabIndex } = editor;
  useEffect(() => { queryEditor?.setOption('lineWrapping', true); }, [queryEditor]);
  useEffect(() => { document.getElementById(`graphiql-session-tab-${activeTabIndex}`)?.scrollIntoView(); }, [activeTabIndex]);
  const named = editor.tabs.map(tab => ({ ...tab, title: questionOf(tab.query ?? '') || tab.operationName || 'New query' }));
  const moveTab = (order: TabsState['tabs']) =>
    editor.moveTab(order.map(({ id }) => editor.tabs.find(tab => tab.id === id)!)); // it looks for the tabs that it knows
  return <EditorContext.Provider value={{ ...editor, tabs: named, moveTab }}>{children}</EditorContext.Provider>;
}

function ShareButton() {
  const { queryEditor, variableEditor } = useEditorContext({ nonNull: true });
  const [label, setLabel] = useState('Share: copy a link to this query');
  const share = async () => {
    const link = shareLink(location.href, queryEditor?.getValue() ?? '', variableEditor?.getValue());
    history.replaceState(null, '', link);
    // Browsers give the clipboard to https and localhost only.
    const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    setLabel(copied ? 'Link copied' : 'The link is in the address bar');
  };
  return (
    <>
      <ToolbarButton onClick={share} label={label}><ShareIcon /></ToolbarButton>
      <span role="status" className="visually-hidden">{label.startsWith('Share') ? '' : label}</span>
    </>
  );
}

function ShareIcon() {
  return (
    <svg viewBox="0 0 20 20" className="graphiql-toolbar-icon" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
      <path d="M8.5 11.5a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5l-1 1M11.5 8.5a3.5 3.5 0 0 0-5 0l-3 3a3.5 3.5 0 0 0 5 5l1-1" />
    </svg>
  );
}

function QuestionIcon() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round">
      <path d="M3 4h18v13H11l-5 4v-4H3zM9.5 8.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .7-1 1.5M12 14.2v.3" strokeLinecap="round" />
    </svg>
  );
}

/** The query in the address; or the first example, where there are no tabs of an earlier visit to show. */
function openingTab(): Example | undefined {
  const { searchParams } = new URL(location.href);
  const query = searchParams.get('query');
  if (query === null) return localStorage.getItem('graphiql:tabState') ? undefined : examples[0];
  return { title: questionOf(query), query, variables: searchParams.get('variables') ?? '' };
}

const opening = openingTab();

createRoot(document.getElementById('app')!).render(
  <GraphiQLProvider
    fetcher={fetcher}
    plugins={plugins}
    referencePlugin={DOC_EXPLORER_PLUGIN}
    query={opening?.query}
    variables={opening?.variables}
    defaultTabs={opening && !examples.includes(opening) ? [opening, ...examples] : examples}
    defaultQuery=""
    shouldPersistHeaders={false}
  >
    <HistoryContextProvider>
      <DocExplorerContextProvider>
        <TabsNamedByQuestion>
          <GraphiQLInterface
            defaultEditorToolsVisibility={wide.matches}
            isHeadersEditorEnabled={false}
            showPersistHeadersSettings={false}
            onPrettifyQuery={prettify}
          >
            <GraphiQL.Logo>Readout</GraphiQL.Logo>
            <GraphiQL.Toolbar>
              {({ prettify, copy, merge }) => <>{prettify}{merge}{copy}<ShareButton /></>}
            </GraphiQL.Toolbar>
          </GraphiQLInterface>
        </TabsNamedByQuestion>
      </DocExplorerContextProvider>
    </HistoryContextProvider>
  </GraphiQLProvider>,
);
