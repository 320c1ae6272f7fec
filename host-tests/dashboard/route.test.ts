import { expect, test } from 'vitest';
import { nextPage, pathOf, routeOf } from '../../dashboard/route';

test.each([
  ['/', { page: 'overview' }],
  ['/iot/2', { page: 'kit', kit: 2 }],
  ['/iot/9999/', { page: 'kit', kit: 9999 }],
  ['/flash', { page: 'flash' }],
  ['/login', { page: 'login' }],
  ['/sensors/greenhouse.north', { page: 'sensor', id: 'greenhouse.north' }],
  ['/sensors/a%3Ab', { page: 'sensor', id: 'a:b' }],
  ['/sensors/kit_7', { page: 'kit', kit: 7 }],
])('%s is a page', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test.each([
  '/iot',
  '/iot/0',
  '/iot/02',
  '/iot/10000',
  '/iot/two',
  '/iot/2/lamp',
  '/sensors/',
  '/sensors/a b',
  '/sensors/%',
  '/sensors/%2e%2e%2fapi',
  '/nowhere',
  '/index',
])('%s is not known', (path) => {
  expect(routeOf(path)).toEqual({ page: 'unknown' });
});

test.each(['kit_12', 'co2-lab', 'a:b.c_d'])('the page of %s is found by its own path', (id) => {
  const route = routeOf(pathOf(id));
  expect(route).toEqual(id === 'kit_12' ? { page: 'kit', kit: 12 } : { page: 'sensor', id });
});

test.each([
  ['?next=%2Fiot%2F2', '/iot/2'],
  ['', '/'],
  ['?next=%2F%2Felsewhere.example', '/'],
  ['?next=%2F%5Celsewhere.example', '/'],
  ['?next=https%3A%2F%2Felsewhere.example', '/'],
  ['?next=%2Flogin%3Fnext%3D%2F', '/'],
])('after a login at /login%s comes %s', (search, path) => {
  expect(nextPage(search)).toBe(path);
});
