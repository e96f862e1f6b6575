import { expect, test, type Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { parseExample, shareLink } from '../src/examples';

const folder = new URL('../../graph/examples/', import.meta.url);
const examples = readdirSync(folder)
  .filter(name => name.endsWith('.md'))
  .sort()
  .map(name => parseExample(readFileSync(new URL(name, folder), 'utf8')));

const tabs = (page: Page) => page.getByRole('tab').locator('.graphiql-tab-button');
const activeTab = (page: Page) => page.getByRole('tab', { selected: true }).locator('.graphiql-tab-button');
const editor = (page: Page) => page.getByRole('region', { name: 'Query Editor' }).locator('.CodeMirror');
/** What the query editor holds; the page itself shows only the lines that are scrolled into view. */
const text = (page: Page) => editor(page).evaluate((node: any) => node.CodeMirror.getValue() as string);

async function run(page: Page) {
  const answered = page.waitForResponse(response => new URL(response.url()).pathname === '/graphql');
  await page.getByRole('button', { name: /Execute query/ }).click();
  return (await answered).json();
}

// Whatever a test does: nothing comes from elsewhere, and the browser has nothing to complain about.
let complaints: string[];
test.beforeEach(async ({ page, baseURL }) => {
  complaints = [];
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  page.on('request', request => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== baseURL && protocol !== 'data:') complaints.push(`asked for ${request.url()}`);
  });
  await page.goto('/playground');
  await expect(page.getByRole('button', { name: /Execute query/ })).toBeVisible();
});
test.afterEach(() => expect(complaints).toEqual([]));

test('opens with the examples as tabs', async ({ page }) => {
  await expect(page).toHaveTitle('Readout playground');
  await expect(tabs(page)).toHaveText(examples.map(({ title }) => title));
  await expect.poll(() => text(page)).toBe(examples[0]!.query);
  expect(await page.evaluate(() => document.body.scrollWidth <= innerWidth), 'fits the screen').toBe(true);
});

test('answers every example', async ({ page }) => {
  for (const [index, { title, query }] of examples.entries()) {
    await tabs(page).nth(index).click();
    await expect.poll(() => text(page)).toBe(query);
    const { data, errors } = await run(page);
    expect(errors, title).toBeUndefined();
    expect(Object.values(data).every(value => value !== null), title).toBe(true);
    await expect(page.getByRole('region', { name: 'Result Window' })).toContainText('"data"');
  }
});

test('explains the schema', async ({ page }) => {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = page.getByRole('region', { name: 'Documentation Explorer' });
  await docs.getByRole('link', { name: 'Corridor', exact: true }).click();
  await expect(docs.locator('.graphiql-markdown-description').first()).not.toBeEmpty();
  await expect(docs.getByText('members', { exact: true })).toBeVisible();
});

test('leads back to the examples', async ({ page }) => {
  const { title, query } = examples[1]!;
  await tabs(page).nth(1).click();
  await page.getByRole('tab', { selected: true }).getByRole('button', { name: 'Close Tab' }).click();
  await expect(tabs(page)).toHaveCount(examples.length - 1);
  const kept = () => page.evaluate(() => JSON.parse(localStorage['graphiql:tabState']).tabs.length as number);
  await expect.poll(kept).toBe(examples.length - 1); // it is written with a delay
  await page.reload();
  await expect(tabs(page)).toHaveCount(examples.length - 1);

  await page.getByRole('button', { name: 'Show Examples' }).click();
  await page.locator('.examples').getByRole('button', { name: title, exact: true }).click();
  await expect(tabs(page)).toHaveCount(examples.length);
  await expect(activeTab(page)).toHaveText(title);
  await expect(activeTab(page)).toBeInViewport();
  await expect.poll(() => text(page)).toBe(query);
  expect((await run(page)).errors).toBeUndefined();
});

test('shares a query by its link', async ({ page, context }) => {
  const query = '# Is this Baku, Bakı or Баку?\nquery ($name: String!) { country(by: { name: $name }) { name } }\n';
  const variables = '{ "name": "Azerbaijan" }';
  await page.goto(shareLink(page.url(), query, variables));
  await expect(tabs(page)).toHaveCount(examples.length + 1);
  await expect(activeTab(page)).toHaveText('Is this Baku, Bakı or Баку?');

  await page.getByRole('button', { name: /^Share/ }).click();
  await expect(page.getByRole('status')).toHaveText('Link copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const visitor = await context.browser()!.newContext();
  const other = await visitor.newPage();
  await other.goto(link);
  await expect.poll(() => text(other)).toBe(query);
  expect(await run(other)).toMatchObject({ data: { country: { name: 'Azerbaijan' } } });
  await expect(tabs(other)).toHaveText(['Is this Baku, Bakı or Баку?', ...examples.map(({ title }) => title)]);
  await visitor.close();
});
